// Polls in SQLite (data/polls.db). A voter is a random mark that the page keeps; each has one vote in a poll.
import { mkdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

const folder = new URL("./data/", import.meta.url);
mkdirSync(folder, { recursive: true });
const database = new DatabaseSync(new URL("polls.db", folder).pathname);
database.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA foreign_keys = ON;
  CREATE TABLE IF NOT EXISTS poll (id INTEGER PRIMARY KEY, question TEXT NOT NULL, made TEXT NOT NULL DEFAULT (datetime('now')));
  CREATE TABLE IF NOT EXISTS option (id INTEGER PRIMARY KEY, poll INTEGER NOT NULL REFERENCES poll ON DELETE CASCADE, text TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS vote (
    poll INTEGER NOT NULL REFERENCES poll ON DELETE CASCADE, voter TEXT NOT NULL,
    option INTEGER NOT NULL REFERENCES option ON DELETE CASCADE, PRIMARY KEY (poll, voter)
  );
`);

class Refused extends Error {
  constructor(message, status = 422) {
    super(message);
    this.status = status;
  }
}

const insertPoll = database.prepare("INSERT INTO poll (question) VALUES (?)");
const insertOption = database.prepare("INSERT INTO option (poll, text) VALUES (?, ?)");
const insertVote = database.prepare(
  "INSERT INTO vote (poll, voter, option) VALUES (?, ?, ?) ON CONFLICT (poll, voter) DO UPDATE SET option = excluded.option",
);

function insert(question, options, votes = []) {
  const poll = insertPoll.run(question).lastInsertRowid;
  options.forEach((text, at) => {
    const option = insertOption.run(poll, text).lastInsertRowid;
    for (let n = 0; n < (votes[at] ?? 0); n++) insertVote.run(poll, `first-${at}-${n}`, option);
  });
  return Number(poll);
}

if (database.prepare("PRAGMA user_version").get().user_version === 0) {
  insert("What shall we eat at the autumn meeting?", ["Soup and bread", "Flatbread from the oven", "Everyone brings something"], [4, 7, 5]);
  insert("Which evening suits the reading group?", ["Tuesday", "Wednesday", "Thursday"], [3, 2, 6]);
  insert("Shall the office plant get a name?", ["Yes", "It has one: Gerald", "No"], [5, 9, 1]);
  database.exec("PRAGMA user_version = 1");
}

const ofPoll = database.prepare(
  "SELECT option.id, text, count(vote.voter) AS votes FROM option LEFT JOIN vote ON vote.option = option.id WHERE option.poll = ? GROUP BY option.id ORDER BY option.id",
);
const myVote = database.prepare("SELECT option FROM vote WHERE poll = ? AND voter = ?");

function shape(row, voter) {
  const options = ofPoll.all(row.id);
  return { ...row, options, votes: options.reduce((sum, { votes }) => sum + votes, 0), mine: myVote.get(row.id, voter)?.option ?? null };
}

/** All polls, the newest first, with what `voter` chose. */
export const all = (voter) => database.prepare("SELECT * FROM poll ORDER BY id DESC").all().map((row) => shape(row, voter));

function one(id, voter) {
  const row = Number.isInteger(id) ? database.prepare("SELECT * FROM poll WHERE id = ?").get(id) : undefined;
  if (!row) throw new Refused("This poll is closed.", 404);
  return shape(row, voter);
}

export function add(body, voter) {
  const question = typeof body?.question === "string" ? body.question.trim() : "";
  const given = Array.isArray(body?.options) ? body.options.map((text) => String(text).trim()) : [];
  const options = [...new Set(given.filter(Boolean))];
  if (!question || question.length > 140) throw new Refused("A question has 1 to 140 letters.");
  if (options.length < 2 || options.length > 8) throw new Refused("Give two to eight different answers.");
  if (options.some((text) => text.length > 80)) throw new Refused("An answer has at most 80 letters.");
  return one(insert(question, options), voter);
}

export function vote(id, option, voter) {
  const poll = one(id, voter);
  if (!voter || !poll.options.some((known) => known.id === option)) throw new Refused("That is none of the answers.");
  insertVote.run(id, voter, option);
  return one(id, voter);
}

export const close = (id) => void database.prepare("DELETE FROM poll WHERE id = ?").run(Number.isInteger(id) ? id : 0);
