// Snippets with Node's own HTTP server: nothing is installed.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import * as store from "./store.js";
import * as pages from "./pages.js";

const LONGEST = 300_000;

const server = createServer(async (request, response) => {
  try {
    await answer(request, response);
  } catch (error) {
    if (!error.status) console.error(error);
    send(response, error.status ?? 500, pages.notice(error.status ? error.message : "The server made a mistake. Try again."));
  }
});

async function answer(request, response) {
  const { pathname } = new URL(request.url, "http://scrap");
  const [, first, id, last] = pathname.split("/");
  if (request.method === "POST" && pathname === "/") {
    const form = new URLSearchParams(await body(request));
    const made = store.add({ title: form.get("title"), text: form.get("text"), days: form.get("days") });
    if (made.fault) return send(response, 422, pages.home(store.recent(), made.fault, form));
    return redirect(response, `/s/${made.id}`);
  }
  if (request.method === "POST" && first === "s" && last === "delete") {
    store.remove(id);
    return redirect(response, "/");
  }
  if (request.method !== "GET" && request.method !== "HEAD") return send(response, 405, pages.notice("That cannot be done here."));
  if (pathname === "/") return send(response, 200, pages.home(store.recent()));
  if (pathname === "/style.css") return send(response, 200, await readFile(new URL("public/style.css", import.meta.url)), "text/css");
  if (pathname === "/api/snippets") return send(response, 200, JSON.stringify(store.recent()), "application/json");
  const found = first === "s" ? store.get(id) : null;
  if (found && last === "raw") return send(response, 200, found.text, "text/plain");
  if (found) return send(response, 200, pages.snippet(found));
  send(response, 404, pages.notice("There is no such snippet. It may have run out."));
}

async function body(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > LONGEST) throw Object.assign(new Error("That is too long: at most 100,000 letters."), { status: 413 });
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function send(response, status, text, kind = "text/html") {
  response.writeHead(status, { "Content-Type": `${kind}; charset=utf-8`, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store" });
  response.end(text);
}

function redirect(response, path) {
  response.writeHead(303, { Location: path }).end();
}

const port = Number(process.env.PORT ?? 3000);
server.listen(port, "0.0.0.0", () => console.log(`Listening at port ${port}`));
