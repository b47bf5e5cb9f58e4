// <consult-chat>: the launcher, the panel, and how they stand on somebody else's page.
import { Chat } from "./chat.js";
import { palette, parse } from "./colour.js";
import { icon, isWeb, makerFor } from "./dom.js";
import { Keep } from "./keep.js";
import { PATIENCE, Service } from "./service.js";
import { PANEL, STYLE } from "./style.js";
import { directionOf, FETCHED, isSpoken, primary, Speech, TEXTS } from "./texts.js";

export const NARROW = "(max-width: 640px)";
const WIDE = 1_024;
const sheets = {};

// A sheet that all widgets of the page share.
function sheetOf(text) {
  if (!sheets[text]) {
    sheets[text] = new CSSStyleSheet();
    sheets[text].replaceSync(text);
  }
  return sheets[text];
}

export class ConsultChat extends HTMLElement {
  static base = "";
  static texts = TEXTS;
  static patience = PATIENCE;
  static observedAttributes = ["theme", "accent", "position", "language"];

  connectedCallback() {
    if (this.root) return;
    this.leaving = new AbortController();
    this.pageLanguage = document.documentElement.lang; // as it came: our own pages follow the widget later
    this.keep = new Keep(this.getAttribute("site-key") || "");
    this.speech = new Speech();
    for (const name of ["heading", "intro"]) if (this.hasAttribute(name)) this.speech.own[name] = this.getAttribute(name);
    this.make = makerFor(this.speech);
    const { signal } = this.leaving;
    const shadow = this.shadowRoot || this.attachShadow({ mode: "open" });
    this.colours = new CSSStyleSheet();
    shadow.adoptedStyleSheets = [sheetOf(STYLE), this.colours];
    this.inline = this.getAttribute("mode") === "inline";
    this.probes = ["brand", "ground", "paper"].map((name) => this.make("span", { class: `probe ${name}`, "aria-hidden": "true" }));
    this.status = this.make("div", { class: "unseen", role: "status" });
    this.root = this.make("div", { class: this.inline ? "root inline" : "root floating", part: "root" }, this.probes, this.status);
    shadow.replaceChildren(this.root);
    this.narrow = matchMedia(NARROW);
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.dark.addEventListener("change", () => this.paint(), { signal });
    this.narrow.addEventListener("change", () => this.fit(), { signal });
    window.visualViewport?.addEventListener("resize", () => this.fitViewport(), { signal });
    window.visualViewport?.addEventListener("scroll", () => this.fitViewport(), { signal });
    this.root.addEventListener("keydown", (event) => this.key(event));
    if (!this.inline) {
      this.launcher = this.make("button", {
        class: "launcher", part: "launcher", "aria-expanded": "false", "aria-controls": "panel", words: { "aria-label": "launcher", title: "launcher" }, onclick: () => this.toggle(),
      }, icon("chat"));
      this.root.append(this.launcher);
    }
    this.place();
    this.paint();
    this.speak(this.wanted());
    if (this.inline || (this.keep.wasOpen && !this.narrow.matches)) this.open({ focus: false });
  }

  // A page may move the element: only one that stays away is torn down.
  disconnectedCallback() {
    queueMicrotask(() => {
      if (!this.isConnected) this.tearDown();
    });
  }

  attributeChangedCallback(name) {
    if (!this.root) return;
    if (name === "language") this.speak(this.wanted());
    else if (name === "position") this.place();
    else this.paint();
  }

  tearDown() {
    this.release();
    this.chat?.destroy();
    this.leaving?.abort();
    this.shadowRoot?.replaceChildren();
    this.root = this.panel = this.chat = this.launcher = null;
  }

  // -- what it is told ---------------------------------------------------------------------------------------------------

  get opened() {
    return Boolean(this.panel && !this.panel.hidden);
  }

  open({ focus = true } = {}) {
    if (!this.root || this.opened) return;
    if (!this.panel) this.build();
    this.paint();
    this.panel.hidden = false;
    this.root.classList.add("opened");
    this.launcher?.setAttribute("aria-expanded", "true");
    this.fit();
    if (!this.inline) this.keep.wasOpen = true;
    if (focus) (this.modal ? this.heading : this.chat.field).focus();
    this.chat.toLast();
    this.emit("open", {});
  }

  close() {
    if (this.inline || !this.opened) return;
    const inside = this.shadowRoot.activeElement;
    this.panel.hidden = true;
    this.root.classList.remove("opened");
    this.launcher.setAttribute("aria-expanded", "false");
    this.keep.wasOpen = false;
    this.release();
    if (inside) this.launcher.focus();
    this.emit("close", {});
  }

  toggle() {
    if (this.opened) this.close();
    else this.open();
  }

  ask(text) {
    this.open();
    return this.chat.ask(String(text));
  }

  newConversation() {
    if (this.chat) this.chat.fresh();
    else this.keep.set({ conversation: "", begun: false });
  }

  setLanguage(language) {
    return this.speak(language);
  }

  // Forgets, in this browser, who asked and what.
  reset() {
    this.newConversation();
    this.keep.clear();
    if (typeof BroadcastChannel !== "function") return;
    const tabs = new BroadcastChannel(this.keep.name);
    tabs.postMessage({ fresh: true });
    tabs.close();
  }

  destroy() {
    this.remove();
    this.tearDown();
  }

  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(`consult:${name}`, { detail, bubbles: true, composed: true }));
  }

  // -- parts ---------------------------------------------------------------------------------------------------------------

  build() {
    const { make, speech, keep } = this;
    this.shadowRoot.adoptedStyleSheets = [sheetOf(STYLE), this.colours, sheetOf(PANEL)];
    const privacy = this.getAttribute("privacy") || "";
    const service = new Service(ConsultChat.base, this.getAttribute("site-key") || "", keep, speech);
    this.chat = new Chat({
      make, speech, keep, service,
      emit: (name, detail) => this.emit(name, detail),
      announce: (key, text = "") => { this.status.textContent = key ? speech.say(key) : text; },
      calm: () => matchMedia("(prefers-reduced-motion: reduce)").matches,
      wide: () => this.panel.clientWidth >= WIDE,
      privacy: isWeb(privacy) ? privacy : `${ConsultChat.base}privacy`,
    });
    this.heading = make(this.inline ? "h1" : "h2", { class: "title", id: "title", tabindex: "-1", words: { text: "heading" } });
    this.language = make("select", { class: "language", words: { "aria-label": "language" }, onchange: () => this.choose(this.language.value) },
      Object.entries(TEXTS).map(([code, { tongue }]) => make("option", { value: code, lang: code }, tongue)),
      Object.entries(FETCHED).map(([code, tongue]) => make("option", { value: code, lang: code }, tongue)));
    this.language.value = speech.language;
    this.panel = make("section", { class: "panel", id: "panel", part: "panel", role: this.inline ? null : "dialog", "aria-labelledby": "title", hidden: true },
      make("header", { class: "header", part: "header" },
        make("span", { class: "crest", part: "crest" }, icon("chat")), this.heading, this.language,
        make("button", { class: "icon fresh", part: "action", words: { "aria-label": "fresh", title: "fresh" }, onclick: () => { this.chat.fresh(); this.chat.field.focus(); } }, icon("fresh")),
        this.inline ? null : make("button", { class: "icon close", part: "action", words: { "aria-label": "close", title: "close" }, onclick: () => this.close() }, icon("close"))),
      this.chat.log, this.chat.foot);
    this.root.append(this.panel);
    this.chat.begin();
  }

  key(event) {
    if (event.key === "Escape" && !event.isComposing && this.opened) {
      if (!this.chat.escape(this.shadowRoot.activeElement)) {
        if (this.inline) return;
        this.close();
      }
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Tab" && this.modal) {
      const stops = [...this.panel.querySelectorAll("button, a[href], textarea, select, input, [tabindex='0']")].filter((stop) => !stop.disabled && stop.checkVisibility());
      const [first, last] = [stops[0], stops.at(-1)];
      const now = this.shadowRoot.activeElement;
      if (event.shiftKey ? now === first || now === this.heading : now === last) {
        event.preventDefault();
        (event.shiftKey ? last : first).focus();
      }
    }
  }

  // -- its place on the page ---------------------------------------------------------------------------------------------

  place() {
    this.root.classList.toggle("start", this.getAttribute("position") === "bottom-left");
  }

  // On a narrow screen the panel is all there is: a modal dialog, and the page behind it does not react.
  fit() {
    if (this.inline || !this.panel) return;
    this.release();
    const full = this.narrow.matches;
    this.root.classList.toggle("full", full);
    if (!full || !this.opened) return;
    this.modal = true;
    this.panel.setAttribute("aria-modal", "true");
    this.behind = [];
    for (let here = this; here.parentElement && here !== document.body; here = here.parentElement) {
      for (const other of here.parentElement.children) {
        if (other === here || other.inert || other.tagName === "SCRIPT") continue;
        other.inert = true;
        this.behind.push(other);
      }
    }
    const page = document.documentElement;
    this.scrolls = page.style.overflow;
    page.style.overflow = "hidden";
    this.fitViewport();
  }

  release() {
    if (!this.modal) return;
    this.modal = false;
    this.panel.removeAttribute("aria-modal");
    for (const other of this.behind) other.inert = false;
    const page = document.documentElement;
    page.style.overflow = this.scrolls;
    if (!page.getAttribute("style")) page.removeAttribute("style");
    for (const property of ["height", "top"]) this.panel.style.removeProperty(property);
  }

  // The part of the screen that the keyboard of a phone leaves.
  fitViewport() {
    const seen = window.visualViewport;
    if (!this.modal || !seen || seen.scale > 1.01) return;
    this.panel.style.height = `${seen.height}px`;
    this.panel.style.top = `${seen.offsetTop}px`;
    this.chat.follow();
  }

  paint() {
    const wish = this.getAttribute("theme");
    const theme = wish === "dark" || wish === "light" ? wish : this.dark.matches ? "dark" : "light";
    this.root.dataset.theme = theme;
    const accent = this.getAttribute("accent") || "";
    const own = CSS.supports("color", accent) ? `--consult-accent: ${accent};` : "";
    this.colours.replaceSync(`.root { ${own} }`);
    const [brand, ground, paper] = this.probes.map((probe) => parse(getComputedStyle(probe).color));
    const made = Object.entries(palette(brand, ground, paper)).map(([name, value]) => `--${name}: ${value};`);
    this.colours.replaceSync(`.root { ${own} ${made.join(" ")} }`);
  }

  // -- language --------------------------------------------------------------------------------------------------------------

  get declared() {
    const given = this.getAttribute("language") || "auto";
    return given === "auto" ? this.pageLanguage : given;
  }

  // What the visitor chose on a page of this language, else the page's, else the browser's.
  wanted() {
    const chosen = this.keep.get("choice");
    if (chosen && chosen.over === this.declared && isSpoken(chosen.language)) return chosen.language;
    return [this.declared, ...(navigator.languages || [])].find(isSpoken) || "en";
  }

  choose(language) {
    this.keep.set({ choice: { language, over: this.declared } });
    this.speak(language);
  }

  async speak(tag) {
    let language = primary(tag);
    if (Object.hasOwn(FETCHED, language) && !Object.hasOwn(TEXTS, language)) {
      try {
        const response = await fetch(`${ConsultChat.base}embed/${language}.json`, { credentials: "omit" });
        TEXTS[language] = { ...TEXTS.en, ...(await response.json()) };
      } catch { /* spoken in English then */ }
    }
    if (!Object.hasOwn(TEXTS, language)) language = "en";
    if (!this.root) return;
    this.speech.language = language;
    this.lang = language;
    this.dir = directionOf(language);
    this.root.lang = language;
    this.root.dir = this.dir;
    this.speech.utterAll(this.root);
    if (this.language) this.language.value = language;
    this.chat?.refresh();
    this.emit("language", { language });
  }
}
