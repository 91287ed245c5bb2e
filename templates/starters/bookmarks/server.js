// Bookmarks: pages from the server, forms that work without a script.
import express from "express";
import * as store from "./store.js";
import { library } from "./views.js";

const app = express();
app.use(express.static(new URL("public/", import.meta.url).pathname));
app.use(express.urlencoded({ extended: false, limit: "32kb" }));
app.use(express.json({ limit: "32kb" }));

const text = (value) => (typeof value === "string" ? value.trim() : "");

app.get("/", (request, response) => {
  const search = text(request.query.search).slice(0, 80);
  const tag = text(request.query.tag).slice(0, 30);
  response.send(library({ bookmarks: store.find(search, tag), tags: store.tags(), search, tag }));
});

app.post("/bookmarks", (request, response) => {
  const { fault } = store.add(request.body);
  if (!fault) return response.redirect(303, "/");
  response.status(422).send(library({ bookmarks: store.find("", ""), tags: store.tags(), search: "", tag: "", fault, given: request.body }));
});

app.post("/bookmarks/:id/delete", (request, response) => {
  store.remove(Number(request.params.id));
  response.redirect(303, "/");
});

app.get("/api/bookmarks", (request, response) => {
  response.json(store.find(text(request.query.search), text(request.query.tag)));
});

app.post("/api/bookmarks", (request, response) => {
  const { fault, bookmark } = store.add(request.body ?? {});
  if (fault) return response.status(422).json({ error: fault });
  response.status(201).json(bookmark);
});

app.delete("/api/bookmarks/:id", (request, response) => {
  response.status(store.remove(Number(request.params.id)) ? 204 : 404).end();
});

const port = Number(process.env.PORT ?? 3000);
app.listen(port, "0.0.0.0", () => console.log(`Listening at port ${port}`));
