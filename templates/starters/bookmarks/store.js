// Bookmarks in SQLite (data/bookmarks.db). Tags are kept as words between spaces.
import { mkdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

const folder = new URL("./data/", import.meta.url);
mkdirSync(folder, { recursive: true });
const database = new DatabaseSync(new URL("bookmarks.db", folder).pathname);
database.exec(`
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS bookmark (
    id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, title TEXT NOT NULL, note TEXT NOT NULL, tags TEXT NOT NULL,
    made TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
  );
`);
const insert = database.prepare("INSERT INTO bookmark (address, title, note, tags) VALUES (?, ?, ?, ?) RETURNING *");

if (database.prepare("PRAGMA user_version").get().user_version === 0) {
  for (const row of [
    ["https://www.gutenberg.org/", "Project Gutenberg", "Seventy thousand books that belong to everyone.", " books free "],
    ["https://www.openstreetmap.org/", "OpenStreetMap", "The map. Also for drawing missing footpaths.", " maps walking "],
    ["https://www.rijksmuseum.nl/en/rijksstudio", "Rijksstudio", "High-resolution paintings, good for the kitchen wall.", " art free "],
    ["https://developer.mozilla.org/", "MDN Web Docs", "Look here first.", " code reference "],
    ["https://www.metmuseum.org/art/collection", "The Met collection", "Filter by “public domain”.", " art reference "],
    ["https://sqlite.org/lang.html", "SQL as SQLite understands it", "The syntax diagrams are the best part.", " code reference "],
  ]) insert.get(...row);
  database.exec("PRAGMA user_version = 1");
}

const shape = (row) => ({ ...row, tags: row.tags.split(" ").filter(Boolean) });

/** Bookmarks that hold `search` and have `tag` (both may be empty), the newest first. */
export function find(search, tag) {
  const rows = database.prepare(`
    SELECT * FROM bookmark
    WHERE instr(lower(title || ' ' || note || ' ' || address || tags), lower(?)) AND (? = '' OR instr(tags, ' ' || ? || ' '))
    ORDER BY made DESC, id DESC
  `).all(search, tag, tag);
  return rows.map(shape);
}

/** Every tag with how often it is used, the most used first. */
export function tags() {
  const count = new Map();
  for (const { tags } of database.prepare("SELECT tags FROM bookmark").all()) {
    for (const tag of tags.split(" ").filter(Boolean)) count.set(tag, (count.get(tag) ?? 0) + 1);
  }
  return [...count].sort(([a, n], [b, m]) => m - n || a.localeCompare(b));
}

/** `{bookmark}`, or `{fault}`: a sentence that says why it was not kept. */
export function add({ address = "", title = "", note = "", tags = "" }) {
  const given = String(address).trim();
  const url = URL.canParse(given) ? new URL(given) : null;
  if (!url || !/^https?:$/.test(url.protocol) || given.length > 2000) return { fault: "That is no web address. It begins with https://." };
  const words = (Array.isArray(tags) ? tags.join(" ") : String(tags)).toLowerCase().match(/[\p{L}\p{N}-]{1,30}/gu) ?? [];
  const name = String(title).trim().slice(0, 120) || url.hostname.replace(/^www\./, "");
  try {
    return { bookmark: shape(insert.get(url.href, name, String(note).trim().slice(0, 400), ` ${[...new Set(words)].slice(0, 8).join(" ")} `)) };
  } catch (error) {
    if (String(error.message).includes("UNIQUE")) return { fault: "This page is kept already." };
    throw error;
  }
}

export const remove = (id) => Number.isInteger(id) && database.prepare("DELETE FROM bookmark WHERE id = ?").run(id).changes > 0;
