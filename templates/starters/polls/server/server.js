// The polls' server: everything below /api.
import express from "express";
import * as polls from "./polls.js";

const app = express();
app.use(express.json({ limit: "32kb" }));

const voter = (request) => String(request.get("X-Voter") ?? "").slice(0, 64);

app.get("/api/polls", (request, response) => {
  response.json(polls.all(voter(request)));
});

app.post("/api/polls", (request, response) => {
  response.status(201).json(polls.add(request.body, voter(request)));
});

app.put("/api/polls/:id/vote", (request, response) => {
  response.json(polls.vote(Number(request.params.id), Number(request.body?.option), voter(request)));
});

app.delete("/api/polls/:id", (request, response) => {
  polls.close(Number(request.params.id));
  response.status(204).end();
});

app.use("/api", (request, response) => {
  response.status(404).json({ error: "There is nothing here." });
});

app.use((error, request, response, next) => {
  if (response.headersSent) return next(error);
  const status = error.status ?? 500;
  if (status >= 500) console.error(error);
  response.status(status).json({ error: status < 500 ? error.message : "The server made a mistake. Try again." });
});

const port = Number(process.env.PORT ?? 3000);
app.listen(port, "0.0.0.0", () => console.log(`Listening at port ${port}`));
