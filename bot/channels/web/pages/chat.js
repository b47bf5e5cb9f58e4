"use strict";

// Every word of the page. The answers themselves come in the language of the question.
const WORDS = {
  en: {
    what: "Automatic assistant. Answers only from documents, each sentence with its source.",
    hello: "What would you like to know?",
    hint: "Ask in your own language. If the documents do not say it, you will be told so.",
    ask: "Ask a question", send: "Send", languages: "Language", log: "Conversation", fresh: "New conversation",
    care: "Answers are made automatically. Check the source before you act on them.",
    typing: "Looking through the documents…", sources: "Sources", source: "Source",
    open: "Read in the document", publisher: "Publisher’s page", next: "You can also ask",
    not_covered: "Not in the documents", clarify: "One more detail is needed", partial: "The documents cover a part of the question.",
    retry: "Try again", offline: "The service cannot be reached. Your question is kept.", late: "The answer took too long.", broken: "The answer could not be made. Please try again.",
    starting: "Opening the documents…", indexing: "Reading the documents: indexing {done} of {total}", failed: "The documents could not be opened.",
  },
  zh: {
    what: "自动助手：只依据文件作答，每句话都注明出处。",
    hello: "您想了解什么？",
    hint: "请用您习惯的语言提问。文件中没有的内容，会如实告知。",
    ask: "请输入问题", send: "发送", languages: "语言", log: "对话", fresh: "新对话",
    care: "回答由系统自动生成，采取行动之前请核对出处。",
    typing: "正在查阅文件……", sources: "来源", source: "来源",
    open: "在文件中阅读", publisher: "发布机构网页", next: "还可以问",
    not_covered: "文件中没有相关内容", clarify: "还需要一点信息", partial: "文件只涵盖了问题的一部分。",
    retry: "重试", offline: "无法连接服务，您的问题已保留。", late: "等待回答的时间过长。", broken: "未能作答，请重试。",
    starting: "正在打开文件……", indexing: "正在读取文件：已索引 {done} / {total}", failed: "文件无法打开。",
  },
  ru: {
    what: "Автоматический помощник. Отвечает только по документам, у каждой фразы есть источник.",
    hello: "Что вы хотите узнать?",
    hint: "Спрашивайте на своём языке. Если в документах этого нет, так и будет сказано.",
    ask: "Задайте вопрос", send: "Отправить", languages: "Язык", log: "Беседа", fresh: "Новая беседа",
    care: "Ответы составляются автоматически. Прежде чем действовать, сверьтесь с источником.",
    typing: "Просматриваю документы…", sources: "Источники", source: "Источник",
    open: "Читать в документе", publisher: "Страница издателя", next: "Можно также спросить",
    not_covered: "В документах этого нет", clarify: "Нужно уточнение", partial: "Документы отвечают на часть вопроса.",
    retry: "Повторить", offline: "Сервис недоступен. Ваш вопрос сохранён.", late: "Ответ занял слишком много времени.", broken: "Не удалось составить ответ. Попробуйте ещё раз.",
    starting: "Документы открываются…", indexing: "Документы читаются: обработано {done} из {total}", failed: "Не удалось открыть документы.",
  },
};
const PATIENCE = 120_000;
const POLL = 1_500;
const KEPT_TURNS = 20;

const find = (id) => document.getElementById(id);
const log = find("log"), field = find("question"), send = find("send"), waiting = find("waiting");
let language = "en", ready = false, busy = false, turns = [];

// A browser may refuse storage; the page then forgets, and works.
function recall(store, key) { try { return window[store].getItem(key); } catch { return null; } }
function keep(store, key, value) {
  try { value === null ? window[store].removeItem(key) : window[store].setItem(key, value); } catch { /* see above */ }
}

// The only maker of elements: text goes in as text, never as markup.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (name === "t") { element.dataset.t = value; element.textContent = WORDS[language][value]; }
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}
const isWeb = (address) => /^https?:\/\//i.test(address || "");
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const scrollTo = (element, block) => element.scrollIntoView({ block, behavior: calm() ? "auto" : "smooth" });

function speak(chosen) {
  language = chosen;
  keep("localStorage", "dragoman.language", chosen);
  document.documentElement.lang = chosen;
  const words = WORDS[chosen];
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = words[element.dataset.t];
  for (const element of document.querySelectorAll("[data-t-label]")) element.setAttribute("aria-label", words[element.dataset.tLabel]);
  for (const element of document.querySelectorAll("[data-t-placeholder]")) element.placeholder = words[element.dataset.tPlaceholder];
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", button.dataset.language === chosen);
  showExamples();
}

async function showExamples() {
  const asked = language;
  let examples = [];
  try {
    const response = await fetch(`api/v1/examples?language=${asked}`);
    if (response.ok) examples = (await response.json()).examples;
  } catch { /* the page is good without examples */ }
  if (asked !== language) return;
  find("examples").replaceChildren(...examples.map((text) => pick(text)));
  refresh();
}
const pick = (text) => make("button", { type: "button", class: "pick", dir: "auto", onclick: () => ask(text) }, text);

function refresh() {
  send.disabled = busy || !ready || !field.value.trim();
  for (const button of document.querySelectorAll(".pick, .retry")) button.disabled = busy || !ready;
  find("welcome").hidden = log.childElementCount > 0;
  find("fresh").hidden = log.childElementCount === 0;
}

async function watchReadiness() {
  let state = null;
  try {
    state = await (await fetch("readyz")).json();
  } catch { /* asked again below */ }
  const before = ready;
  ready = state !== null && state.ready === true;
  waiting.hidden = ready;
  if (ready) {
    if (!before) showExamples();
  } else {
    const bar = waiting.querySelector("progress");
    const words = WORDS[language];
    const phase = state ? state.phase : "offline";
    const counted = phase === "indexing" && state.total > 0;
    if (counted) { bar.max = state.total; bar.value = state.done; } else bar.removeAttribute("value");
    bar.hidden = phase === "failed" || phase === "offline";
    const text = counted ? words.indexing.replace("{done}", state.done).replace("{total}", state.total) : words[phase] || words.starting;
    const span = waiting.querySelector("span");
    if (span.textContent !== text) span.textContent = text;
    setTimeout(watchReadiness, POLL);
  }
  refresh();
}

async function ask(text) {
  text = text.trim();
  if (!text || busy || !ready) return;
  const asked = make("div", { class: "asked", dir: "auto" }, text);
  log.append(asked);
  if (field.value.trim() === text) { field.value = ""; grow(); }
  await answer(text, asked);
}

async function answer(text, asked) {
  busy = true;
  const typing = make("div", { class: "typing" }, make("i"), make("i"), make("i"), make("span", { t: "typing" }));
  log.append(typing);
  refresh();
  scrollTo(asked, "start");
  let reply;
  try {
    const body = await post(text);
    reply = show(body);
    keep("sessionStorage", "dragoman.conversation", body.conversation_id);
    turns = [...turns, { question: text, answer: body }].slice(-KEPT_TURNS);
    keep("sessionStorage", "dragoman.turns", JSON.stringify(turns));
  } catch (error) {
    reply = make("div", { class: "failed", role: "alert" }, make("p", {}, error.message));
    reply.append(make("button", { type: "button", class: "retry", t: "retry", onclick: () => { reply.remove(); answer(text, asked); } }));
  }
  busy = false;
  typing.replaceWith(reply);
  refresh();
  scrollTo(asked, "start");
}

async function post(question) {
  const words = WORDS[language];
  let response, body = null;
  try {
    response = await fetch("api/v1/ask", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": language },
      body: JSON.stringify({ question, conversation_id: recall("sessionStorage", "dragoman.conversation") || undefined }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    body = await response.json();
  } catch (error) {
    if (!response || response.ok) throw new Error(error.name === "TimeoutError" ? words.late : words.offline);
  }
  if (response.ok) return body;
  if (response.status === 503 && ready) { ready = false; watchReadiness(); }
  const told = response.status < 500 || response.status === 503;
  throw new Error((told && body && body.detail) || words.broken);
}

function show(body) {
  const cards = new Map(body.citations.map((citation) => [citation.number, card(citation, body.language)]));
  const marks = (numbers) => numbers.filter((number) => cards.has(number)).map((number) => mark(number, cards.get(number)));
  const lines = body.statements.length
    ? body.statements.map((statement) => proven(statement.text, marks(statement.citations)))
    : body.text.split(/\n+/).map((line) => make("p", {}, line));
  const blank = body.outcome === "not_covered" || body.outcome === "clarify";
  return make("article", { class: blank ? `reply blank ${body.outcome}` : "reply" },
    blank ? make("h3", { t: body.outcome }) : null,
    body.outcome === "partial" ? make("p", { class: "partly", t: "partial" }) : null,
    make("div", { class: "says", lang: body.language, dir: "auto" }, ...lines),
    ...body.notes.map((note) => make("p", { class: "callout", lang: body.language, dir: "auto" }, note.text, ...marks(note.citations))),
    cards.size ? make("h3", { class: "label", t: "sources" }) : null,
    cards.size ? make("ol", { class: "sources" }, ...cards.values()) : null,
    body.suggestions.length ? make("div", { class: "next" }, make("span", { class: "label", t: "next" }), ...body.suggestions.map(pick)) : null);
}

// The marks never stand alone on a line: they hold on to the last letters of their sentence.
function proven(text, marks) {
  const [, head, tail] = /^(.*?)([^\s]{0,6})$/su.exec(text.trimEnd());
  return make("p", {}, head, make("span", { class: "tail" }, tail, ...marks));
}

function mark(number, target) {
  const title = target.dataset.title;
  return make("button", { type: "button", class: "cite", title, "aria-label": `${WORDS[language].source} ${number}: ${title}`, onclick: () => light(target) }, `[${number}]`);
}

function light(target) {
  for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  target.classList.add("lit");
  target.focus({ preventScroll: true });
  scrollTo(target, "center");
}

function card(citation, answerLanguage) {
  const foreign = citation.language !== answerLanguage ? tongue(citation.language) : "";
  const meta = [citation.issuer, citation.date, citation.location, foreign].filter(Boolean).join(" · ");
  return make("li", { class: "card", tabindex: "-1", "data-title": citation.title },
    make("h4", {}, make("span", {}, `[${citation.number}]`), make("span", { lang: citation.language, dir: "auto" }, citation.title)),
    meta ? make("p", { class: "meta", dir: "auto" }, meta) : null,
    make("blockquote", { lang: citation.language, dir: "auto" }, citation.quote),
    make("p", { class: "links" },
      isWeb(citation.url) ? make("a", { href: citation.url, target: "_blank", rel: "noopener", t: "open" }) : null,
      isWeb(citation.source_url) ? make("a", { href: citation.source_url, target: "_blank", rel: "noopener noreferrer nofollow", t: "publisher" }) : null));
}

function tongue(code) {
  try { return new Intl.DisplayNames([language], { type: "language" }).of(code); } catch { return code; }
}

// Where CSS cannot size the field to its text, script does.
function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

function forget() {
  turns = [];
  keep("sessionStorage", "dragoman.conversation", null);
  keep("sessionStorage", "dragoman.turns", null);
  log.replaceChildren();
  refresh();
  field.focus();
}

function restore() {
  try {
    turns = JSON.parse(recall("sessionStorage", "dragoman.turns")) || [];
    for (const turn of turns) log.append(make("div", { class: "asked", dir: "auto" }, turn.question), show(turn.answer));
    if (turns.length) log.lastElementChild.previousElementSibling.scrollIntoView();
  } catch { forget(); }
}

document.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); ask(field.value); });
field.addEventListener("input", () => { grow(); refresh(); });
field.addEventListener("keydown", (event) => {
  // An Enter that ends the composing of a Chinese word is not meant for us (229: Safari).
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  ask(field.value);
});
find("fresh").addEventListener("click", () => { if (!busy) forget(); });
find("languages").addEventListener("click", (event) => { if (event.target.dataset.language) speak(event.target.dataset.language); });

const liked = [recall("localStorage", "dragoman.language"), ...(navigator.languages || [])].map((tag) => (tag || "").slice(0, 2).toLowerCase());
language = liked.find((code) => Object.hasOwn(WORDS, code)) || "en";
restore();
speak(language);
watchReadiness();
if (matchMedia("(hover: hover)").matches) field.focus();
