// Server-Sent Events from a response, and what they make of an answer.

// Yields {id, data}. Rejects where the connection breaks; ends where the server ends it.
export async function* eventsOf(response, onBytes = () => {}) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      onBytes();
      const parts = (rest + value).split(/\r?\n\r?\n/);
      rest = parts.pop();
      for (const part of parts) {
        const event = { id: "", data: "" };
        for (const line of part.split(/\r?\n/)) {
          const found = /^(id|data): ?(.*)$/.exec(line);
          if (found) event[found[1]] += found[2];
        }
        if (event.data) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

export const BEGINNING = Object.freeze({ phase: "searching", text: "", run: "", answer: null, error: null, stopped: false });

// The state of an answer after an event; a new value whenever something changes.
export function reduce(state, event) {
  switch (event.type) {
    case "start":
      return { ...state, run: event.messageMetadata?.run_id || event.messageId || "" };
    case "data-status":
      return { ...state, phase: event.data?.phase || state.phase };
    case "text-delta":
      return { ...state, phase: "writing", text: state.text + event.delta };
    case "data-answer":
      return { ...state, phase: "done", answer: event.data };
    case "data-error":
      return { ...state, error: event.data };
    case "error":
      return { ...state, phase: "done", error: state.error || { status: 500, detail: "" } };
    case "abort":
      return { ...state, phase: "done", stopped: true };
    case "reconnecting":
      return { ...state, phase: "reconnecting" };
    case "reconnected":
      return { ...state, phase: state.text ? "writing" : "searching" };
    default:
      return state;
  }
}
