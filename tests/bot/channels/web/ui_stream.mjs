// Reads frames of our stream, one JSON a line, and holds each against the AI SDK's own schema; then builds the message as
// its React hook does. Prints what it understood as one JSON object.
import { readUIMessageStream, uiMessageChunkSchema } from "ai";
import { asSchema } from "@ai-sdk/provider-utils";
import { createInterface } from "node:readline";

const schema = asSchema(uiMessageChunkSchema);
const chunks = [];
for await (const line of createInterface({ input: process.stdin })) {
  const checked = await schema.validate(JSON.parse(line));
  if (!checked.success) {
    console.error(`no chunk of the AI SDK: ${line}\n${checked.error}`);
    process.exit(1);
  }
  chunks.push(checked.value);
}
const stream = new ReadableStream({
  start(controller) {
    chunks.forEach((chunk) => controller.enqueue(chunk));
    controller.close();
  },
});
let message;
let failure = null;
for await (const state of readUIMessageStream({ stream, onError: (error) => (failure = String(error)) })) message = state;
console.log(JSON.stringify({ message, failure }));
