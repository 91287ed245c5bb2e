// The board's API, checked by schemas, and its page.
import { readFile } from "node:fs/promises";
import Fastify from "fastify";
import * as ideas from "./ideas.js";

const app = Fastify({ bodyLimit: 32 * 1024 });
const idea = {
  type: "object", required: ["title"], additionalProperties: false,
  properties: {
    title: { type: "string", minLength: 3, maxLength: 100, pattern: "\\S" },
    text: { type: "string", maxLength: 800 },
    by: { type: "string", maxLength: 40 },
  },
};
const change = {
  type: "object", required: ["state"], additionalProperties: false,
  properties: { state: { enum: ideas.STATES } },
};
const id = { type: "object", properties: { id: { type: "integer", minimum: 1 } } };

app.get("/api/ideas", (request) => ideas.all(voter(request)));
app.post("/api/ideas", { schema: { body: idea } }, (request, reply) => {
  reply.code(201);
  return ideas.add(request.body, voter(request));
});
app.post("/api/ideas/:id/vote", { schema: { params: id } }, (request, reply) =>
  ideas.toggle(request.params.id, voter(request)) ?? missing(reply));
app.patch("/api/ideas/:id", { schema: { params: id, body: change } }, (request, reply) =>
  ideas.move(request.params.id, request.body.state, voter(request)) ?? missing(reply));
app.delete("/api/ideas/:id", { schema: { params: id } }, (request, reply) =>
  ideas.remove(request.params.id) ? reply.code(204).send() : missing(reply));

const voter = (request) => String(request.headers["x-voter"] ?? "").slice(0, 64) || "nobody";
const missing = (reply) => reply.code(404).send({ message: "This idea was removed." });

const FILES = { "/": ["index.html", "text/html"], "/style.css": ["style.css", "text/css"], "/app.js": ["app.js", "text/javascript"] };
for (const [path, [file, kind]] of Object.entries(FILES)) {
  app.get(path, async (request, reply) => {
    reply.type(`${kind}; charset=utf-8`);
    return readFile(new URL(`page/${file}`, import.meta.url));
  });
}

const port = Number(process.env.PORT ?? 3000);
await app.listen({ port, host: "0.0.0.0" });
console.log(`Listening at port ${port}`);
