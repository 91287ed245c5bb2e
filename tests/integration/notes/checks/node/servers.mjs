import assert from "node:assert/strict";
import { once } from "node:events";
import Fastify from "fastify";
import { Hono } from "hono";
import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { WebSocket, WebSocketServer } from "ws";

export default {
  async fastify() {
    const server = Fastify();
    assert.throws(() => server.listen(0));
    const open = Fastify();
    assert.match(await open.listen({ port: 0, host: "0.0.0.0" }), /^http/);
    await open.close();
  },
  async hono() {
    const app = new Hono().get("/", (c) => c.text("hi"));
    assert.equal(typeof serveStatic, "function");
    const server = serve({ fetch: app.fetch, port: 0 });
    await once(server, "listening");
    assert.equal(await (await fetch(`http://127.0.0.1:${server.address().port}/`)).text(), "hi");
    server.close();
  },
  async ws() {
    const server = new WebSocketServer({ port: 0 });
    const client = new WebSocket(`ws://127.0.0.1:${server.address().port}`);
    const [socket] = await once(server, "connection");
    await Promise.all([once(client, "open")]);
    client.send("hi");
    const [message] = await once(socket, "message");
    assert.ok(Buffer.isBuffer(message));
    assert.equal(String(message), "hi");
    client.close();
    server.close();
  },
};
