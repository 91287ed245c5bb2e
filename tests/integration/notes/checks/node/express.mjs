import assert from "node:assert/strict";
import express from "express";

/** What an app answers: [status, text, headers]. */
async function answers(app, path, options = {}) {
  const server = app.listen(0);
  try {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}${path}`, { redirect: "manual", ...options });
    return [answer.status, await answer.text(), answer.headers];
  } finally {
    server.close();
  }
}
const app = (add) => (add = add ?? (() => {}), ((made) => (add(made), made))(express()));

export default {
  async paths() {
    for (const path of ["*", "/:id?", "/:id(\\d+)"]) assert.throws(() => express().get(path, () => {}));
    const rest = (path) => app((a) => a.get(path, (req, res) => res.json(req.params.rest ?? null)));
    assert.deepEqual((await answers(rest("/*rest"), "/a/b")).slice(0, 2), [200, '["a","b"]']);
    assert.equal((await answers(rest("/*rest"), "/"))[0], 404);
    assert.equal((await answers(rest("/{*rest}"), "/"))[0], 200);
    assert.equal((await answers(rest("/{:id}"), "/"))[0], 200);
  },
  async async() {
    const failing = app((a) => {
      a.get("/", async () => { throw new Error("boom"); });
      a.use((error, req, res, next) => res.status(500).json({ error: error.message }));
    });
    assert.deepEqual((await answers(failing, "/")).slice(0, 2), [500, '{"error":"boom"}']);
  },
  async body() {
    const plain = app((a) => a.post("/", (req, res) => res.json([req.body === undefined, req.query])));
    assert.equal((await answers(plain, "/?a[b]=1", { method: "POST" }))[1], '[true,{"a[b]":"1"}]');
    const reading = app((a) => (a.use(express.json()), a.post("/", (req, res) => res.json(req.body))));
    const sent = { method: "POST", body: '{"x":1}', headers: { "content-type": "application/json" } };
    assert.equal((await answers(reading, "/", sent))[1], '{"x":1}');
    const setting = app((a) => a.get("/", (req, res) => { try { req.query = {}; res.send("set"); } catch { res.send("kept"); } }));
    assert.equal((await answers(setting, "/"))[1], "kept");
  },
  async answers() {
    const [status, , headers] = await answers(app((a) => a.get("/", (req, res) => res.redirect("back"))), "/", { headers: { referer: "/before" } });
    assert.deepEqual([status, headers.get("location")], [302, "back"]);
    assert.equal((await answers(app((a) => a.get("/", (req, res) => res.status(201).json({}))), "/"))[0], 201);
    assert.equal((await answers(app((a) => a.get("/", (req, res) => res.sendStatus(404))), "/"))[0], 404);
  },
};
