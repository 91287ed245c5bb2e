// Ideas and their votes in SQLite (data/ideas.db).
import { mkdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

export const STATES = ["open", "planned", "doing", "done"];
const folder = new URL("./data/", import.meta.url);
mkdirSync(folder, { recursive: true });
const database = new DatabaseSync(new URL("ideas.db", folder).pathname);
database.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA foreign_keys = ON;
  CREATE TABLE IF NOT EXISTS idea (
    id INTEGER PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, by TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open', made TEXT NOT NULL DEFAULT (date('now'))
  );
  CREATE TABLE IF NOT EXISTS vote (idea INTEGER REFERENCES idea ON DELETE CASCADE, voter TEXT, PRIMARY KEY (idea, voter));
`);
const insert = database.prepare("INSERT INTO idea (title, text, by, state) VALUES (?, ?, ?, ?)");
const insertVote = database.prepare("INSERT OR IGNORE INTO vote (idea, voter) VALUES (?, ?)");

if (database.prepare("PRAGMA user_version").get().user_version === 0) {
  for (const [title, text, by, state, votes] of [
    ["Open until eight on Thursdays", "Those of us who work until six never get to borrow anything.", "Karin", "planned", 34],
    ["A quiet room without children’s hour", "Half a floor would do. I like children. I also like silence.", "T. Brandt", "open", 21],
    ["Lend garden tools as well", "A hedge trimmer is used twice a year. One for the whole quarter is enough.", "Ousmane", "doing", 28],
    ["Coffee that tastes of coffee", "The machine on the first floor. You know which one.", "", "open", 17],
    ["Renew books by text message", "", "Mrs. Weiss", "done", 41],
    ["Bike racks at the back door", "The front ones are full by ten.", "Ilse", "done", 12],
  ]) {
    const made = insert.run(title, text, by, state).lastInsertRowid;
    for (let n = 0; n < votes; n++) insertVote.run(made, `first-${n}`);
  }
  database.exec("PRAGMA user_version = 1");
}

const columns = `
  SELECT idea.*, (SELECT count(*) FROM vote WHERE vote.idea = idea.id) AS votes,
    EXISTS (SELECT 1 FROM vote WHERE vote.idea = idea.id AND voter = ?) AS mine
  FROM idea`;
const shape = (row) => row && { ...row, mine: row.mine === 1 };
const one = (id, voter) => shape(database.prepare(`${columns} WHERE id = ?`).get(voter, id));

/** Every idea, the one with most votes first. */
export const all = (voter) => database.prepare(`${columns} ORDER BY votes DESC, id`).all(voter).map(shape);

export function add({ title, text = "", by = "" }, voter) {
  const id = insert.run(title.trim(), text.trim(), by.trim(), "open").lastInsertRowid;
  insertVote.run(id, voter);
  return one(id, voter);
}

/** Give the vote, or take it back. */
export function toggle(id, voter) {
  if (!one(id, voter)) return null;
  if (!insertVote.run(id, voter).changes) database.prepare("DELETE FROM vote WHERE idea = ? AND voter = ?").run(id, voter);
  return one(id, voter);
}

export function move(id, state, voter) {
  database.prepare("UPDATE idea SET state = ? WHERE id = ?").run(state, id);
  return one(id, voter) ?? null;
}

export const remove = (id) => database.prepare("DELETE FROM idea WHERE id = ?").run(id).changes > 0;
