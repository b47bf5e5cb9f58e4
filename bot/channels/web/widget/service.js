// The API behind the widget: a session without cookies, questions whose answers come back after a broken connection.
import { eventsOf } from "./events.js";

export const PATIENCE = { reply: 30_000, silence: 40_000, tries: [500, 1_500, 3_000] };

// A failure with the status and code of the server's problem; status 0: nothing was heard of the server.
export class Trouble extends Error {
  constructor(kind, { status = 0, code = "", detail = "", wait = 0 } = {}) {
    super(detail);
    Object.assign(this, { kind, status, code, detail, wait });
  }
}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

export class Service {
  constructor(base, siteKey, keep, speech) {
    Object.assign(this, { base, siteKey, keep, speech });
    this.renewing = null;
  }

  // Any request; rejects with Trouble unless the status is below 400.
  async request(path, { method = "GET", body, headers = {}, signal, patience = PATIENCE.reply } = {}) {
    const own = new AbortController();
    const quit = () => own.abort();
    const late = setTimeout(() => own.abort(new DOMException("late", "TimeoutError")), patience);
    signal?.addEventListener("abort", quit);
    if (signal?.aborted) quit();
    let response;
    try {
      response = await fetch(this.base + path, {
        method,
        body: body === undefined ? undefined : JSON.stringify(body),
        headers: { "Accept-Language": this.speech.language, ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
        signal: own.signal,
      });
    } catch (error) {
      if (signal?.aborted) throw new Trouble("aborted");
      throw new Trouble(error.name === "TimeoutError" ? "late" : "offline");
    } finally {
      clearTimeout(late);
    }
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    throw new Trouble("refused", {
      status: response.status,
      code: problem.code || "",
      detail: typeof problem.detail === "string" ? problem.detail : "",
      wait: Math.min(3_600, Number(response.headers.get("retry-after")) || 0),
    });
  }

  // A request in the visitor's session, which is begun or made fresh where it must be.
  async call(path, options = {}) {
    const authorized = () => this.request(path, { ...options, headers: { ...options.headers, Authorization: `Bearer ${this.keep.get("token")}` } });
    if (!this.keep.get("token")) await this.renew();
    try {
      return await authorized();
    } catch (error) {
      if (error.status !== 401) throw error;
      await this.renew();
      return authorized();
    }
  }

  // One at a time, however many requests find that the token is too old.
  renew() {
    this.renewing ||= this.begin().finally(() => {
      this.renewing = null;
    });
    return this.renewing;
  }

  async begin() {
    const old = this.keep.get("token");
    const headers = old ? { Authorization: `Bearer ${old}` } : {};
    const response = await this.request("api/v1/session", { method: "POST", body: { site_key: this.siteKey }, headers });
    this.keep.set({ token: (await response.json()).token });
  }

  async json(path, options) {
    return (await this.call(path, options)).json();
  }

  async conversation(id) {
    try {
      return await this.json(`api/v1/conversations/${id}`);
    } catch (error) {
      if (error.status === 404) return null;
      throw error;
    }
  }

  // Asks, and yields the events of the answer. Asks once; what breaks afterwards is followed again, never asked again.
  async *ask(question, conversation, key, signal) {
    const response = await this.call("api/v1/messages", {
      method: "POST",
      body: { question, conversation_id: conversation },
      headers: { Accept: "text/event-stream", "Idempotency-Key": key },
      signal,
    });
    yield* this.follow({ response, conversation, signal });
  }

  // Yields the events of a run. "resync" comes last where the server no longer has it: the conversation may.
  async *follow({ response = null, run = "", conversation, signal }) {
    let seen = "";
    let failures = 0;
    for (;;) {
      if (response) {
        const silence = new AbortController();
        let watch;
        const alive = () => {
          clearTimeout(watch);
          watch = setTimeout(() => silence.abort(), PATIENCE.silence);
        };
        alive();
        try {
          for await (const { id, data } of racing(eventsOf(response, alive), [silence.signal, signal])) {
            if (id && Number(id.split(":")[1]) <= Number(seen.split(":")[1] || 0)) continue;
            seen = id || seen;
            failures = 0;
            if (data === "[DONE]") return;
            const event = JSON.parse(data);
            if (event.type === "start") run = event.messageMetadata?.run_id || run;
            yield event;
          }
        } catch { /* followed again below */ } finally {
          clearTimeout(watch);
        }
      }
      if (signal?.aborted) throw new Trouble("aborted");
      if (response || failures) {
        if (failures === PATIENCE.tries.length) throw new Trouble("offline");
        yield { type: "reconnecting" };
        await pause(PATIENCE.tries[failures++]);
        if (signal?.aborted) throw new Trouble("aborted");
      }
      response = null;
      try {
        const path = run ? `api/v1/runs/${run}/events` : `api/v1/messages/${conversation}/stream`;
        response = await this.call(path, { headers: { Accept: "text/event-stream", ...(seen ? { "Last-Event-ID": seen } : {}) }, signal });
      } catch (error) {
        if (error.kind === "aborted" || (error.status && error.status < 500)) throw error;
        failures ||= 1;
        continue;
      }
      if (response.status === 204) {
        yield { type: "resync" };
        return;
      }
      yield { type: "reconnected" };
    }
  }
}

// Yields as a generator does, until one of the signals aborts: then rejects at once.
async function* racing(generator, signals) {
  const given = signals.filter(Boolean);
  let quit = () => {};
  const aborted = new Promise((_, reject) => {
    quit = () => reject(new Trouble("aborted"));
    for (const signal of given) signal.addEventListener("abort", quit);
  });
  aborted.catch(() => {});
  if (given.some((signal) => signal.aborted)) quit();
  try {
    for (;;) {
      const { value, done } = await Promise.race([generator.next(), aborted]);
      if (done) return;
      yield value;
    }
  } finally {
    for (const signal of given) signal.removeEventListener("abort", quit);
    generator.return().catch(() => {});
  }
}
