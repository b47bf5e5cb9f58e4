// A small part of Markdown as elements: paragraphs, lists, tables, headings as bold, bold, italic, code, links.
// Whatever else looks like markup stays the text it is.
const INLINE = /`([^`\n]+)`|\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*|(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])|\[([^[\]\n]+)\]\(([^()\s]+)\)/gu;
const ITEM = /^\s*(?:[-*•]|(\d{1,3})[.)])\s+(.*)$/;
const ROW = /^\s*\|(.+)\|\s*$/;
const RULE = /^\s*\|[\s:|-]+\|\s*$/;
const HEADING = /^#{1,6}\s+(.*)$/;
const ANNOUNCES = /[:：]\s*$/;
const SAFE = /^(?:https?:\/\/|mailto:)/i;

export function inline(make, text) {
  const nodes = [];
  let done = 0;
  for (const found of text.matchAll(INLINE)) {
    const [whole, code, bold, italic, label, address] = found;
    let node = null;
    if (code !== undefined) node = make("code", {}, code);
    else if (bold !== undefined) node = make("strong", {}, bold);
    else if (italic !== undefined) node = make("em", {}, italic);
    else if (SAFE.test(address)) node = make("a", { href: address, target: "_blank", rel: "noopener nofollow noreferrer" }, label);
    if (node === null) continue;
    nodes.push(text.slice(done, found.index), node);
    done = found.index + whole.length;
  }
  nodes.push(text.slice(done));
  return nodes.filter((node) => node !== "");
}

// Blocks of a text, each an element.
export function blocks(make, text) {
  const found = [];
  let group = null;
  let announced = false; // the lines after one that ends in a colon are what it announces
  const into = (kind, start) => {
    if (!group || group.kind !== kind) found.push((group = { kind, node: make(kind, start ? { start } : {}) }));
    return group.node;
  };
  for (const line of text.split("\n")) {
    const item = ITEM.exec(line);
    const row = ROW.exec(line);
    const heading = HEADING.exec(line);
    const listed = group?.kind === "ul" && group.announced;
    if (!line.trim()) group = null;
    else if (item) into(item[1] ? "ol" : "ul", item[1]).append(make("li", {}, inline(make, item[2])));
    else if (row) {
      if (!RULE.test(line)) into("table").append(make("tr", {}, row[1].split("|").map((cell) => make("td", {}, inline(make, cell.trim())))));
    } else if (heading) {
      group = null;
      found.push({ node: make("p", {}, make("strong", {}, inline(make, heading[1]))) });
    } else if (listed) group.node.append(make("li", {}, inline(make, line)));
    else if (announced) {
      group = null;
      into("ul").append(make("li", {}, inline(make, line)));
      group.announced = true;
    } else {
      group = null;
      found.push({ node: make("p", {}, inline(make, line)) });
    }
    announced = !listed && !item && !row && ANNOUNCES.test(line);
  }
  return found.map(({ node }) => node);
}

// An answer as Markdown: its text as it is where it has no table.
export function inMarkdown({ statements = [], text = "" }) {
  if (!statements.some(({ row }) => row)) return text;
  const drawn = (cells) => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|").trim()).join(" | ")} |`;
  const lines = [];
  statements.forEach(({ text: said, citations, heading, row }, place) => {
    const numbers = citations.map((number) => `[${number}]`).join("");
    if (heading) lines.push("", `## ${heading}`);
    if (!row) return lines.push(`${said} ${numbers}`);
    const before = statements[place - 1]?.row;
    const after = statements[place + 1];
    if (before?.table !== row.table || heading) lines.push("", drawn(row.header), drawn(row.header.map(() => "---")));
    lines.push(drawn([...row.cells.slice(0, -1), `${row.cells.at(-1)} ${numbers}`]));
    // A table ends, and for many readers begins, at an empty line.
    if (after?.row?.table !== row.table || after.heading) lines.push("");
  });
  return lines.filter((line, place) => line || (place && lines[place - 1])).join("\n").trim();
}
