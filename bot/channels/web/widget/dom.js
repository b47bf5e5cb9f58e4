// The only makers of elements: text goes in as text, never as markup.
const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  chat: "M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2ZM8 9.5h8M8 13h5",
  close: "M6 6l12 12M18 6L6 18",
  fresh: "M12 5v14M5 12h14",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M7.5 7.5h9v9h-9Z",
  open: "M7 10l5 5 5-5",
  up: "M7 11v9H4v-9h3Zm0 0l4-7c1.5 0 2.5 1 2.3 2.6L13 9.5h5.3a1.8 1.8 0 0 1 1.7 2.2l-1.5 6.8A2 2 0 0 1 16.6 20H7",
  down: "M17 13V4h3v9h-3Zm0 0l-4 7c-1.5 0-2.5-1-2.3-2.6l.3-2.9H5.7A1.8 1.8 0 0 1 4 12.3l1.5-6.8A2 2 0 0 1 7.4 4H17",
  copy: "M9 9h10v11H9ZM5 15V4h10v2",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20a7.5 7.5 0 0 1 15 0",
  out: "M14 5h5v5M19 5l-9 9M17 14v5H5V7h5",
  mind: "M12 4.5L21 19.5H3ZM12 10v4M12 16.8v.2",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5M12 8v.1",
  latest: "M12 5v14M6 13l6 6 6-6",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" })) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

// make("button", {class: "quiet", onclick: act, words: {text: "retry"}}, ...children); null children are left out.
export function makerFor(speech) {
  return function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    if (tag === "button") element.setAttribute("type", "button");
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "words") speech.bind(element, value);
      else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return element;
  };
}

const WEB = /^https?:\/\//i;
export const isWeb = (address) => WEB.test(address || "");
