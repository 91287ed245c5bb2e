// The board: one websocket per page. Whatever one draws, all others get, and the database keeps.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { Board } from "./board.js";

const FILES = {
  "/": ["index.html", "text/html"], "/style.css": ["style.css", "text/css"], "/app.js": ["app.js", "text/javascript"], "/canvas.js": ["canvas.js", "text/javascript"],
};
const BEHIND = 4_000_000; // bytes a page may be behind before it has to begin again
const board = new Board(new URL("./data/", import.meta.url));

const server = createServer(async (request, response) => {
  const path = new URL(request.url, "http://board").pathname;
  if (path === "/api/board") {
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ strokes: board.all() }));
    return;
  }
  const [file, kind] = FILES[path] ?? [];
  if (!file) return void response.writeHead(404, { "Content-Type": "text/plain" }).end("There is nothing here.\n");
  response.writeHead(200, { "Content-Type": `${kind}; charset=utf-8` }).end(await readFile(new URL(`page/${file}`, import.meta.url)));
});

const sockets = new WebSocketServer({ server, path: "/ws", maxPayload: 64 * 1024 });
const tell = (fact, but = null) => {
  const text = JSON.stringify(fact);
  for (const socket of sockets.clients) {
    if (socket === but || socket.readyState !== socket.OPEN) continue;
    if (socket.bufferedAmount > BEHIND) socket.terminate();
    else socket.send(text);
  }
};
const count = () => tell({ kind: "people", count: sockets.clients.size });

sockets.on("connection", (socket) => {
  socket.send(JSON.stringify({ kind: "board", strokes: board.all() }));
  count();
  socket.on("message", (raw) => {
    let said;
    try { said = JSON.parse(raw); } catch { return; }
    if (said?.kind === "stroke") {
      const stroke = board.add(said);
      if (stroke) tell({ kind: "stroke", ...stroke }, socket);
    } else if (said?.kind === "remove" && typeof said.id === "string") {
      board.remove(said.id);
      tell({ kind: "remove", id: said.id }, socket);
    } else if (said?.kind === "clear") {
      board.clear();
      tell({ kind: "board", strokes: [] });
    } else if (said?.kind === "pointer" && Number.isFinite(said.x) && Number.isFinite(said.y)) {
      tell({ kind: "pointer", who: String(said.who).slice(0, 8), x: said.x, y: said.y, colour: String(said.colour).slice(0, 10) }, socket);
    }
  });
  socket.on("error", () => socket.terminate());
  socket.on("close", count);
});

const port = Number(process.env.PORT ?? 3000);
server.listen(port, "0.0.0.0", () => console.log(`Listening at port ${port}`));
