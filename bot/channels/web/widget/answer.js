// A proven answer on the page: sentences with their citations, notes where they matter, sources as cards, feedback.
import { icon, isWeb } from "./dom.js";
import { blocks, inline, inMarkdown } from "./marks.js";
import { directionOf } from "./texts.js";

const GRAVE = ["superseded", "expired", "not_yet_in_force", "disagreement", "dated"];
// Words of another script do not turn their neighbours about.
const isolated = (text) => `\u2068${text}\u2069`;
const BLANK = ["not_covered", "clarify"];

export class AnswerView {
  // ui: {make, speech, service, emit, ask, announce}; open: whether sources are shown opened.
  constructor(ui, turn, { open = false } = {}) {
    Object.assign(this, { ui, turn, answer: turn.answer });
    this.citations = new Map((this.answer.citations || []).map((citation) => [citation.number, citation]));
    this.cards = new Map();
    const { make } = ui;
    const { answer } = this;
    const blank = BLANK.includes(answer.outcome);
    const sources = this.citations.size ? this.sources(open) : null;
    this.node = make("div", { class: blank ? "reply blank" : "reply", part: "message answer", "data-outcome": answer.outcome },
      make("div", { class: "main" },
        answer.understood_as ? make("p", { class: "aside understood", dir: "auto", words: { text: ["understood", { question: answer.understood_as }] } }) : null,
        answer.outcome === "not_covered" ? make("p", { class: "label", words: { text: "not_covered" } }) : null,
        make("div", { class: "says", lang: answer.language, dir: directionOf(answer.language) }, this.says()),
        answer.outcome === "partial" ? make("p", { class: "aside", words: { text: "partial" } }) : null),
      sources,
      make("div", { class: "after" }, this.actions(), this.next()));
  }

  // Sentences in order; a note stands after the last sentence it concerns, or at the end.
  says() {
    const statements = this.answer.statements || [];
    const notes = new Map();
    for (const note of this.answer.notes || []) {
      const concerned = (statement) => statement.citations.some((number) => (note.citations || []).includes(number));
      const place = note.citations?.length ? statements.findLastIndex(concerned) : statements.length - 1;
      const at = place < 0 ? statements.length - 1 : place;
      notes.set(at, [...(notes.get(at) || []), this.note(note)]);
    }
    if (!statements.length) return [...blocks(this.ui.make, this.answer.text || ""), ...(notes.get(-1) || [])];
    const said = [];
    let rows = []; // statements that follow each other as rows of one table, and the notes for after it
    let after = [];
    statements.forEach((statement, place) => {
      const { row } = statement;
      const told = notes.get(place) || [];
      if (!row) return said.push(...this.statement(statement), ...told);
      rows.push(statement);
      after.push(...told);
      const next = statements[place + 1];
      if (next?.row?.table === row.table && !next.heading) return;
      said.push(...this.over(rows[0].heading), this.table(rows), ...after);
      rows = [];
      after = [];
    });
    return said;
  }

  statement({ text, citations, heading }) {
    const found = blocks(this.ui.make, text.trimEnd());
    const last = found.at(-1);
    if (last) this.mark(last.tagName === "P" ? last : last.querySelector("li:last-child, tr:last-child td:last-child"), citations);
    return [...this.over(heading), ...found];
  }

  over(heading) {
    return heading ? [this.ui.make("h4", { class: "section", part: "heading" }, heading)] : [];
  }

  // What a row is about heads it; the table scrolls in its frame where it is wider than the chat.
  table(rows) {
    const { make } = this.ui;
    const cell = (scope) => (text, place) => {
      const heads = text && (scope === "col" || !place);
      return make(heads ? "th" : "td", heads ? { scope } : {}, inline(make, text));
    };
    return make("div", { class: "sheet", part: "table" }, make("table", {},
      make("thead", {}, make("tr", {}, rows[0].row.header.map(cell("col")))),
      make("tbody", {}, rows.map(({ row, citations }) => {
        const line = make("tr", {}, row.cells.map(cell("row")));
        this.mark(line.lastChild, citations);
        return line;
      }))));
  }

  // Marks never stand alone on a line: they hold on to the last letters of their sentence.
  mark(home, citations) {
    const marks = this.marks(citations);
    if (!marks.length) return;
    const end = home.lastChild;
    const tail = this.ui.make("span", { class: "tail" });
    if (end?.nodeType === Node.TEXT_NODE) {
      const [, head, rest] = /^(.*?)([^\s]{0,6})$/su.exec(end.data);
      end.data = head;
      tail.append(rest);
    }
    tail.append(...marks);
    home.append(tail);
  }

  // A number that no citation has is never shown.
  marks(numbers) {
    return [...new Set(numbers || [])].filter((number) => this.citations.has(number)).map((number) => {
      const { title } = this.citations.get(number);
      const mark = this.ui.make("button", {
        class: "cite", part: "citation", "data-number": number, title, "aria-expanded": "false",
        words: { "aria-label": ["source", { n: number, title }] },
        onclick: () => this.show(number, mark),
      }, String(number));
      return mark;
    });
  }

  note({ kind, text, citations }) {
    const { make } = this.ui;
    return make("p", { class: GRAVE.includes(kind) ? "note grave" : "note", part: "note", "data-kind": kind },
      GRAVE.includes(kind) ? icon("mind") : null, make("span", {}, inline(make, text), this.marks(citations)));
  }

  sources(open) {
    const { make } = this.ui;
    return make("section", { class: "sources" },
      make("p", { class: "label", words: { text: ["sources", { n: this.citations.size }] } }),
      make("ol", {}, [...this.citations.values()].map((citation) => this.source(citation, open))));
  }

  source(citation, open) {
    const { make, speech } = this.ui;
    const number = citation.number;
    const warned = (this.answer.notes || []).filter((note) => GRAVE.includes(note.kind) && (note.citations || []).includes(number));
    const foreign = citation.language && citation.language !== this.answer.language;
    const about = (spoken) => [citation.issuer, spoken.date(citation.date)].filter(Boolean).map(isolated).join(" · ");
    const where = (spoken) => [citation.location, foreign ? spoken.tongue(citation.language) : ""].filter(Boolean).map(isolated).join(" · ");
    const link = (address, words, picture) => isWeb(address)
      ? make("a", { href: address, target: "_blank", rel: "noopener nofollow noreferrer" }, make("span", { words: { text: words } }), picture ? icon(picture) : null)
      : null;
    const details = make("div", { class: "details" },
      make("p", { class: "where", dir: "auto", words: { text: where } }),
      make("blockquote", { lang: citation.language, dir: directionOf(citation.language) }, citation.quote),
      make("p", { class: "links" }, link(citation.url, "read"), link(citation.source_url, "publisher", "out")));
    const head = make("button", { class: "head", onclick: () => this.toggle(number) },
      make("span", { class: "number" }, String(number)),
      make("span", { class: "titles" },
        make("strong", { lang: citation.language, dir: directionOf(citation.language) }, citation.title),
        make("span", { class: "about", dir: "auto", words: { text: about } }),
        warned.map(({ kind }) => make("span", { class: "badge", words: { text: kind } }))),
      icon("open"));
    const item = make("li", { class: "source", part: "source", "data-number": number }, head, details);
    this.cards.set(number, { item, head, details, from: null });
    this.toggle(number, open);
    return item;
  }

  toggle(number, open = this.cards.get(number).details.hidden) {
    const { item, head, details } = this.cards.get(number);
    details.hidden = !open;
    item.classList.toggle("open", open);
    head.setAttribute("aria-expanded", String(open));
    for (const mark of this.node?.querySelectorAll(`.cite[data-number="${number}"]`) || []) mark.setAttribute("aria-expanded", String(open));
  }

  // Opens the card of a citation and goes there; Escape comes back from it.
  show(number, from) {
    const card = this.cards.get(number);
    this.toggle(number, true);
    card.from = from;
    for (const other of this.cards.values()) other.item.classList.toggle("lit", other === card);
    card.head.focus({ preventScroll: true });
    card.item.scrollIntoView({ block: "nearest", behavior: this.ui.calm() ? "auto" : "smooth" });
    this.ui.emit("citation-click", { answer_id: this.answer.id, citation: this.citations.get(number) });
  }

  // Whether Escape was meant for an opened card of this answer.
  escape(focused) {
    for (const [number, card] of this.cards) {
      if (!card.from || card.details.hidden || !card.item.contains(focused)) continue;
      this.toggle(number, false);
      card.item.classList.remove("lit");
      card.from.focus();
      card.from = null;
      return true;
    }
    return false;
  }

  actions() {
    const { make } = this.ui;
    const button = (picture, word, act) =>
      make("button", { class: `tool ${picture}`, part: "action", words: { "aria-label": word, title: word }, onclick: act }, icon(picture));
    this.up = button("up", "helpful", () => this.rate(true));
    this.down = button("down", "unhelpful", () => this.rate(false));
    this.said = make("span", { class: "said", role: "status" });
    this.person = make("button", { class: "tool wide person", part: "action", onclick: () => this.askAPerson() }, icon("person"), make("span", { words: { text: "person" } }));
    this.reasons = make("form", { class: "reasons", hidden: true });
    this.showRating();
    return make("div", { class: "actions" },
      make("div", { class: "tools" }, this.up, this.down, button("copy", "copy", () => this.copy()), this.person, this.said), this.reasons);
  }

  showRating() {
    const helpful = this.turn.feedback?.helpful;
    this.up.setAttribute("aria-pressed", String(helpful === true));
    this.down.setAttribute("aria-pressed", String(helpful === false));
    if (helpful !== false) this.reasons.hidden = true;
  }

  // The same thumb again takes it back.
  async rate(helpful, reason = "") {
    const before = this.turn.feedback || null;
    const takenBack = before?.helpful === helpful && !reason;
    this.turn.feedback = takenBack ? null : { helpful, reason };
    this.showRating();
    if (helpful === false && !takenBack && !reason) this.askWhy();
    try {
      await this.ui.service.json("api/v1/feedback", { method: "POST", body: { answer_id: this.answer.id, helpful: takenBack ? null : helpful, reason } });
      this.say(takenBack ? "" : "thanks");
      this.ui.emit("feedback", { answer_id: this.answer.id, helpful: takenBack ? null : helpful, reason });
    } catch {
      this.turn.feedback = before;
      this.showRating();
      this.say("unsent");
    }
  }

  askWhy() {
    const { make, speech } = this.ui;
    const field = make("input", { type: "text", maxlength: 500, words: { placeholder: "more", "aria-label": "more" } });
    const send = (event) => {
      event.preventDefault();
      const chosen = [...this.reasons.querySelectorAll(".chip[aria-pressed=true]")].map((chip) => chip.textContent);
      const reason = [...chosen, field.value.trim()].filter(Boolean).join("; ");
      this.reasons.hidden = true;
      this.down.focus();
      if (reason) this.rate(false, reason);
    };
    this.reasons.onsubmit = send;
    this.reasons.replaceChildren(
      make("p", { class: "label", words: { text: "why" } }),
      make("div", { class: "chips" }, [0, 1, 2, 3].map((place) => {
        const chip = make("button", { class: "chip", "aria-pressed": "false", words: { text: () => speech.list("reasons")[place] } });
        chip.addEventListener("click", () => chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true")));
        return chip;
      })),
      make("div", { class: "line" }, field, make("button", { class: "small", type: "submit", words: { text: "send" } })));
    this.reasons.hidden = false;
    this.reasons.querySelector(".chip").focus();
  }

  async copy() {
    const sources = [...this.citations.values()].map((c) => `[${c.number}] ${[c.title, c.issuer, c.date, c.location].filter(Boolean).join(", ")} ${isWeb(c.url) ? c.url : ""}`.trim());
    const text = [inMarkdown(this.answer), ...(this.answer.notes || []).map((note) => note.text), ...sources].join("\n");
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = this.ui.make("textarea", { class: "unseen", "aria-hidden": "true" });
      area.value = text;
      this.node.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    this.say("copied");
  }

  async askAPerson() {
    this.person.disabled = true;
    try {
      const { text } = await this.ui.service.json("api/v1/open-questions", { method: "POST", body: { answer_id: this.answer.id } });
      this.said.textContent = text;
    } catch {
      this.person.disabled = false;
      this.say("unsent");
    }
  }

  say(key) {
    if (key) this.ui.speech.bind(this.said, { text: key });
    else this.said.textContent = "";
  }

  next() {
    const { make, ask } = this.ui;
    const questions = this.answer.suggestions || [];
    if (!questions.length) return null;
    return make("div", { class: "next" },
      make("p", { class: "label", words: { text: "next" } }),
      questions.map((text) => make("button", { class: "pick", part: "suggestion", dir: "auto", onclick: () => ask(text) }, text)));
  }

  // What a screen reader is told once the answer is there.
  get spoken() {
    const sentences = (this.answer.statements || []).map(({ text }) => text).join(" ") || this.answer.text;
    return this.citations.size ? `${sentences} (${this.ui.speech.say("sources", { n: this.citations.size })})` : sentences;
  }
}
