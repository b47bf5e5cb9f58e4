// The script tag: defines <consult-chat>, inserts one, and takes over what the page asked of `consultChat` before.
import { ConsultChat } from "./element.js";

const NAME = "consult-chat";
const GLOBAL = "consultChat";
const script = document.currentScript || document.querySelector('script[src*="embed.js"]');
const CALLED = ["open", "close", "toggle", "ask", "setLanguage", "newConversation", "reset", "on", "off", "destroy"];
const ATTRIBUTES = { siteKey: "site-key", lang: "language", position: "position", theme: "theme", mode: "mode", accent: "accent", heading: "heading", intro: "intro", privacy: "privacy" };

function begin() {
  const asked = window[GLOBAL];
  if (asked?.element) return;
  const Element = customElements.get(NAME) || ConsultChat;
  if (Element === ConsultChat) {
    ConsultChat.base = new URL(".", script ? script.src : location.href).href;
    customElements.define(NAME, ConsultChat);
  }
  let element = document.querySelector(NAME);
  if (!element) {
    element = document.createElement(NAME);
    for (const [name, attribute] of Object.entries(ATTRIBUTES)) {
      if (script?.dataset[name]) element.setAttribute(attribute, script.dataset[name]);
    }
    if (element.getAttribute("mode") === "inline" && script?.parentElement !== document.head) script.after(element);
    else document.body.append(element);
  }
  const listeners = new Map();
  const api = {
    element,
    open: () => element.open(),
    close: () => element.close(),
    toggle: () => element.toggle(),
    ask: (text) => element.ask(text),
    setLanguage: (language) => element.setLanguage(language),
    newConversation: () => element.newConversation(),
    reset: () => element.reset(),
    on(name, listener) {
      const heard = (event) => listener(event.detail);
      listeners.set(listener, [...(listeners.get(listener) || []), [name, heard]]);
      element.addEventListener(`consult:${name}`, heard);
    },
    off(name, listener) {
      const [gone, kept] = [[], []];
      for (const pair of listeners.get(listener) || []) (pair[0] === name ? gone : kept).push(pair);
      for (const [, heard] of gone) element.removeEventListener(`consult:${name}`, heard);
      listeners.set(listener, kept);
    },
    destroy() {
      element.destroy();
      delete window[GLOBAL];
    },
    push(...orders) {
      for (const order of orders) {
        if (typeof order === "function") order(api);
        else if (Array.isArray(order) && CALLED.includes(order[0])) api[order[0]](...order.slice(1));
      }
    },
  };
  window[GLOBAL] = api;
  if (Array.isArray(asked)) api.push(...asked);
  element.emit("ready", {});
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin, { once: true });
else setTimeout(begin); // a task of its own: none is long
