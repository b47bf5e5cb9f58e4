// A conversation on the page: first screen, questions, the answer on its way, what was said before, failures.
import { AnswerView } from "./answer.js";
import { icon } from "./dom.js";
import { BEGINNING, reduce } from "./events.js";
import { randomName } from "./keep.js";
import { Trouble } from "./service.js";

const NEAR = 24;
const POLL = 2_000;
// As the server compares: without invisible signs.
const folded = (text) => text.replace(/\p{Cf}/gu, "").split(/\s+/).join(" ").trim();
export const LONGEST = 2_000;

export class Chat {
  // ui: {make, speech, service, keep, emit, announce, calm, wide, privacy}
  constructor(ui) {
    const { make } = ui;
    this.ui = { ...ui, ask: (text) => this.ask(text) };
    this.views = [];
    this.current = null;
    this.stick = true;
    this.chase = false;
    this.target = 0;
    this.gone = new AbortController();
    this.welcome = make("div", { class: "welcome", hidden: true });
    this.turns = make("div", { class: "turns" });
    this.log = make("div", { class: "log", part: "log", tabindex: "0", role: "region", words: { "aria-label": "log" } }, this.welcome, this.turns);
    this.latest = make("button", { class: "latest", hidden: true, words: { "aria-label": "latest", title: "latest" }, onclick: () => this.toEnd() }, icon("latest"));
    this.progress = make("div", { class: "progress", role: "status", hidden: true }, make("progress"), make("span"));
    this.field = make("textarea", { part: "input", rows: 1, maxlength: LONGEST, enterkeyhint: "send", autocomplete: "off", words: { placeholder: "ask", "aria-label": "ask" } });
    this.button = make("button", { class: "send", part: "send", type: "submit", disabled: true, words: { "aria-label": "send", title: "send" } }, icon("send"));
    this.form = make("form", { class: "asking" }, this.field, this.button);
    this.delete = make("button", { class: "plain remove", hidden: true, words: { text: "remove" }, onclick: () => this.remove() });
    this.foot = make("div", { class: "foot", part: "footer" }, this.latest, this.progress, this.form,
      make("p", { class: "care" }, make("span", { words: { text: "care" } }), " ",
        make("a", { href: ui.privacy, target: "_blank", rel: "noopener", words: { text: "privacy" } }), " ", this.delete));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.current) this.stop();
      else this.ask(this.field.value);
    });
    this.field.addEventListener("input", () => this.refresh());
    this.field.addEventListener("keydown", (event) => {
      // An Enter that ends the composing of a Chinese word is not meant for us (229: Safari).
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      if (!this.current) this.ask(this.field.value);
    });
    this.log.addEventListener("scroll", () => this.scrolled(), { passive: true });
    if (typeof BroadcastChannel === "function") {
      this.tabs = new BroadcastChannel(ui.keep.name);
      this.tabs.onmessage = ({ data }) => this.heard(data);
    }
  }

  get id() {
    if (!this.ui.keep.get("conversation")) this.ui.keep.set({ conversation: `c-${randomName()}` });
    return this.ui.keep.get("conversation");
  }

  // Shows what was said before, or the first screen.
  async begin() {
    if (this.ui.keep.get("begun") && this.ui.keep.get("token")) await this.restore().catch(() => {});
    this.refresh();
  }

  async restore() {
    const told = await this.ui.service.conversation(this.id);
    if (!told || this.current) return;
    this.show(told.turns);
    if (told.running) this.rejoin(told.running);
  }

  show(turns) {
    this.views = [];
    this.turns.replaceChildren();
    for (const turn of turns) {
      this.turns.append(this.asked(turn.question));
      this.answered(turn);
    }
    this.stick = true;
    this.refresh();
    this.toLast();
  }

  // -- first screen ----------------------------------------------------------------------------------------------------

  firstScreen() {
    const { make, speech } = this.ui;
    if (this.welcome.lang === speech.language) return;
    this.welcome.lang = speech.language;
    const examples = make("div", { class: "examples" });
    this.welcome.replaceChildren(
      make("p", { class: "hello", words: { text: "hello" } }),
      make("p", { class: "intro", words: { text: "intro" } }),
      make("p", { class: "automatic" }, icon("info"), make("span", {}, make("span", { words: { text: "automatic" } }), " ",
        make("a", { href: this.ui.privacy, target: "_blank", rel: "noopener", words: { text: "privacy" } }))),
      examples);
    this.examples(examples);
  }

  async examples(into) {
    const { make, service, speech } = this.ui;
    try {
      const path = `api/v1/examples?language=${encodeURIComponent(speech.language)}`;
      const { examples } = await (await service.request(path, { signal: this.gone.signal })).json();
      if (!examples.length) {
        if (await this.awaitReadiness()) this.welcome.lang = "";
        return;
      }
      into.replaceChildren(make("p", { class: "label", words: { text: "example" } }),
        ...examples.map((text) => make("button", { class: "pick", part: "suggestion", dir: "auto", onclick: () => this.ask(text) }, text)));
    } catch { /* the screen is good without examples */ }
  }

  // Follows the reading of the documents until questions can be answered; true if that was waited for.
  async awaitReadiness() {
    const { service, speech } = this.ui;
    const [bar, told] = this.progress.children;
    for (let waited = false; ; waited = true) {
      const state = await (await service.request("api/v1/readiness", { signal: this.gone.signal })).json();
      this.progress.hidden = state.ready;
      if (state.ready) {
        if (waited) this.welcome.lang = "";
        this.refresh();
        return waited;
      }
      const counted = state.phase === "indexing" && state.total > 0;
      bar.hidden = state.phase === "failed";
      if (counted) Object.assign(bar, { max: state.total, value: state.done });
      else bar.removeAttribute("value");
      const text = speech.say(counted ? "indexing" : state.phase === "failed" ? "failed" : "starting", state);
      if (told.textContent !== text) told.textContent = text;
      await new Promise((done) => setTimeout(done, POLL));
      if (this.gone.signal.aborted) return false;
    }
  }

  // -- asking ------------------------------------------------------------------------------------------------------------

  async ask(text) {
    text = text.trim().slice(0, LONGEST);
    if (!text) return;
    if (this.current) {
      this.field.value ||= text;
      this.refresh();
      return;
    }
    this.turns.querySelector(".failed")?.remove();
    if (this.field.value.trim() === text) this.field.value = "";
    this.ui.keep.set({ begun: true });
    this.ui.emit("question", { question: text });
    // Of a question that may have been heard the answer is asked for again; an edited one is another.
    const key = this.unheard?.question === text ? this.unheard.key : randomName();
    this.unheard = null;
    const run = this.start(text, key);
    await this.attend(run, this.ui.service.ask(text, this.id, key, run.quit.signal), true);
  }

  // An answer that was on its way when this page came.
  rejoin({ run_id, question }) {
    const run = this.start(question, randomName());
    run.state = { ...run.state, run: run_id };
    return this.attend(run, this.ui.service.follow({ run: run_id, conversation: this.id, signal: run.quit.signal }), false);
  }

  start(question, key) {
    const { make, announce } = this.ui;
    const words = make("span", { class: "words", dir: "auto" });
    const phase = make("span", { words: { text: "searching" } });
    const waiting = make("p", { class: "waiting" }, make("i"), make("i"), make("i"), phase);
    const node = make("div", { class: "reply", part: "message answer" }, make("div", { class: "main" }, make("p", { class: "draft" }, words), waiting));
    const asked = this.asked(question);
    this.turns.append(asked, node);
    this.current = { question, key, asked, node, words, phase, state: BEGINNING, painted: 0, frame: 0, quit: new AbortController() };
    announce("answering");
    this.stick = true;
    this.chase = false;
    this.refresh();
    this.follow();
    return this.current;
  }

  async attend(run, events, mine) {
    let resync = false;
    try {
      for await (const event of events) {
        if (event.type === "start" && mine) this.tabs?.postMessage({ asked: this.id });
        resync ||= event.type === "resync";
        run.state = reduce(run.state, event);
        if (run.state.answer) break;
        this.paint(run);
      }
      if (resync) await this.find(run);
      const { answer, error, stopped } = run.state;
      if (answer) this.finish(run, { question: run.question, answer, feedback: null });
      else if (stopped) this.stoppedAt(run);
      else throw new Trouble(error ? "told" : "refused", error || { status: 500 });
    } catch (error) {
      if (this.current === run) this.fail(run, error);
    }
    if (mine) this.tabs?.postMessage({ answered: this.id });
  }

  // The server no longer has the stream: the conversation may have the answer.
  async find(run) {
    const told = await this.ui.service.conversation(this.id);
    const last = told?.turns.at(-1);
    const known = this.views.some((view) => view.answer.id === last?.answer.id);
    if (last && !known && folded(last.question) === folded(run.question)) run.state = { ...run.state, answer: last.answer };
  }

  // At most once a frame, however many words came.
  paint(run) {
    run.frame ||= requestAnimationFrame(() => {
      run.frame = 0;
      const { text, phase } = run.state;
      if (text.length > run.painted) {
        if (run.words.lastChild && text.length - run.painted < 4_000) run.words.lastChild.appendData(text.slice(run.painted));
        else run.words.append(text.slice(run.painted));
        run.painted = text.length;
      }
      if (phase !== run.shown && phase !== "done") this.ui.speech.bind(run.phase, { text: phase });
      run.shown = phase;
      this.follow();
    });
  }

  finish(run, turn) {
    this.leave(run);
    this.answered(turn);
    this.ui.announce(null, this.views.at(-1).spoken);
    this.refresh();
    this.follow();
    this.ui.emit("answer", { question: turn.question, answer: turn.answer });
  }

  leave(run) {
    cancelAnimationFrame(run.frame);
    run.node.remove();
    this.current = null;
  }

  stop() {
    const run = this.current;
    if (!run) return;
    run.quit.abort();
    if (run.state.run) this.ui.service.json(`api/v1/runs/${run.state.run}/cancel`, { method: "POST" }).catch(() => {});
    this.stoppedAt(run);
  }

  stoppedAt(run) {
    if (this.current !== run) return;
    this.leave(run);
    this.turns.append(this.ui.make("p", { class: "aside stopped", words: { text: "stopped" } }));
    this.ui.announce("stopped");
    this.refresh();
    this.field.focus();
  }

  // The question goes back to the field; one button sends it again.
  fail(run, error) {
    const { make, emit } = this.ui;
    this.leave(run);
    run.asked.remove();
    this.ui.announce(null, "");
    if (!this.field.value.trim()) this.field.value = run.question;
    const unheard = error.kind === "offline" || error.kind === "late";
    this.unheard = unheard ? run : null;
    const told = unheard ? error.kind : "broken";
    // What the stream itself or a refusal says is written for readers; what a broken proxy says is not.
    const detail = error.kind === "told" || (error.status && error.status < 500) || error.status === 503 ? error.detail : "";
    const again = make("button", { class: "small retry", onclick: () => this.ask(this.field.value.trim() || run.question) });
    this.turns.append(make("div", { class: "failed", role: "alert" },
      detail ? make("p", { dir: "auto" }, detail) : make("p", { words: { text: told } }), again));
    this.countDown(again, error.wait || 0);
    this.refresh();
    this.toEnd();
    emit("error", { status: error.status || 0, code: error.code || told });
    if (error.code === "not_ready") this.awaitReadiness().catch(() => {});
  }

  countDown(button, seconds) {
    button.disabled = seconds > 0;
    this.ui.speech.bind(button, { text: seconds > 0 ? ["wait", { n: seconds }] : "retry" });
    if (seconds > 0) setTimeout(() => button.isConnected && this.countDown(button, seconds - 1), 1_000);
  }

  // -- turns -------------------------------------------------------------------------------------------------------------

  asked(question) {
    const { make } = this.ui;
    return make("div", { class: "asked", part: "message question", dir: "auto" }, make("span", { class: "unseen", dir: "auto", words: { text: "you" } }), question);
  }

  answered(turn) {
    const view = new AnswerView(this.ui, turn, { open: this.ui.wide() });
    this.views.push(view);
    this.turns.append(view.node);
  }

  // Escape goes to the card it was pressed in first.
  escape(focused) {
    return this.views.some((view) => view.escape(focused));
  }

  fresh(mine = true) {
    if (this.current) this.stop();
    this.ui.keep.set({ conversation: `c-${randomName()}`, begun: false });
    this.clear();
    this.ui.announce(null, "");
    if (mine) this.tabs?.postMessage({ fresh: true });
  }

  clear() {
    this.unheard = null;
    this.show([]);
  }

  // Asks once more before it deletes.
  async remove() {
    const { speech, service } = this.ui;
    if (!this.delete.classList.contains("sure")) {
      this.delete.classList.add("sure");
      speech.bind(this.delete, { text: "sure" });
      setTimeout(() => this.unsure(), 6_000);
      return;
    }
    this.unsure();
    try {
      if (this.current) this.stop();
      await service.call(`api/v1/conversations/${this.id}`, { method: "DELETE" });
      this.fresh();
      this.ui.announce("removed");
      this.field.focus();
    } catch {
      this.ui.announce("unsent");
    }
  }

  unsure() {
    this.delete.classList.remove("sure");
    this.ui.speech.bind(this.delete, { text: "remove" });
  }

  // Another tab of this site asked, answered, or began anew.
  heard({ asked, answered, fresh }) {
    if (fresh) {
      this.current?.quit.abort();
      if (this.current) this.leave(this.current);
      this.clear();
    } else if (this.current) return;
    else if ((asked || answered) === this.id) this.restore().catch(() => {});
  }

  // -- the view ------------------------------------------------------------------------------------------------------------

  refresh() {
    const { speech } = this.ui;
    const empty = !this.turns.childElementCount;
    this.welcome.hidden = !empty;
    if (empty) this.firstScreen();
    this.delete.hidden = !this.views.length;
    const running = Boolean(this.current);
    this.button.disabled = !running && !this.field.value.trim();
    if (this.button.dataset.does !== String(running)) {
      this.button.dataset.does = String(running);
      this.button.replaceChildren(icon(running ? "stop" : "send"));
      speech.bind(this.button, running ? { "aria-label": "stop", title: "stop" } : { "aria-label": "send", title: "send" });
    }
    if (!CSS.supports("field-sizing", "content")) {
      this.field.style.height = "auto";
      this.field.style.height = `${this.field.scrollHeight}px`;
    }
  }

  // Goes along while words come until the question is at the top, and further for a reader who went to the end;
  // never back, and never against the reader's own scrolling.
  follow() {
    if (!this.stick) return;
    const end = this.log.scrollHeight - this.log.clientHeight;
    const to = this.chase ? end : Math.min(end, this.pin);
    if (to > this.log.scrollTop) this.scroll(to);
  }

  // Where the last question is at the top.
  get pin() {
    const asked = [...this.turns.querySelectorAll(".asked")].at(-1);
    return asked ? asked.offsetTop - 12 : 0;
  }

  toLast() {
    this.follow();
    requestAnimationFrame(() => this.follow());
  }

  toEnd() {
    this.stick = this.chase = true;
    this.follow();
  }

  scroll(top) {
    this.log.scrollTop = top;
    this.target = this.log.scrollTop;
    this.scrolled();
  }

  scrolled() {
    const left = this.log.scrollHeight - this.log.clientHeight - this.log.scrollTop;
    this.latest.hidden = left < this.log.clientHeight / 2;
    if (Math.abs(this.log.scrollTop - this.target) < 2) return; // it was us
    this.stick = left < NEAR;
    this.chase = this.stick && this.log.scrollTop > this.pin + 2;
  }

  destroy() {
    this.gone.abort();
    this.current?.quit.abort();
    this.tabs?.close();
  }
}
