// Asks as useChat does: with the AI SDK's own transport, given nothing but an address and the headers of a session.
// Prints the message it made, and what it made of following the answer again, as one JSON object.
import { DefaultChatTransport, readUIMessageStream } from "ai";

const { api, headers, id, text } = JSON.parse(process.argv[2]);
const transport = new DefaultChatTransport({ api, headers });
const messages = [{ id: "m1", role: "user", parts: [{ type: "text", text }] }];
const stream = await transport.sendMessages({ trigger: "submit-message", chatId: id, messageId: undefined, messages });
let message;
for await (const state of readUIMessageStream({ stream })) message = state;
const again = await transport.reconnectToStream({ chatId: id });
console.log(JSON.stringify({ message, again }));
