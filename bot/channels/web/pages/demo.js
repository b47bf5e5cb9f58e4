"use strict";

// As any page would: what is asked of `consultChat` before the script has come waits in a list.
window.consultChat = window.consultChat || [];
const tell = (...order) => window.consultChat.push(order);

const list = document.getElementById("events");
for (const name of ["ready", "open", "close", "question", "answer", "citation-click", "feedback", "error"]) {
  tell("on", name, (detail) => {
    const line = document.createElement("li");
    const told = JSON.stringify(detail);
    line.textContent = `${name} ${told.length > 140 ? `${told.slice(0, 140)}…` : told}`;
    list.querySelector(".hint")?.remove();
    list.prepend(line);
    while (list.childElementCount > 8) list.lastElementChild.remove();
  });
}

document.getElementById("open").addEventListener("click", () => tell("open"));
document.querySelector(".choices").addEventListener("change", ({ target }) => {
  window.consultChat.push((chat) => chat.element.setAttribute(target.name, target.value));
});
