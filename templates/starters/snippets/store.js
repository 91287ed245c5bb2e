// Snippets in SQLite (data/snippets.db); those that ran out are removed when anyone looks.
import { randomInt } from "node:crypto";
import { mkdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

const folder = new URL("./data/", import.meta.url);
mkdirSync(folder, { recursive: true });
const database = new DatabaseSync(new URL("snippets.db", folder).pathname);
database.exec(`
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS snippet (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, made TEXT NOT NULL DEFAULT (datetime('now')), ends TEXT
  );
`);
const insert = database.prepare("INSERT INTO snippet (id, title, text, ends) VALUES (?, ?, ?, datetime('now', ?))");
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
export const KEPT = new Map([["", "for good"], ["30", "for a month"], ["7", "for a week"], ["1", "for a day"]]);

if (database.prepare("PRAGMA user_version").get().user_version === 0) {
  insert.run("pancakes", "Pancakes, grandmother’s", "250 g flour\n500 ml milk\n3 eggs\n1 pinch of salt\n\nWhisk, wait half an hour, whisk again.\nButter in the pan each time, not once at the start.\n", null);
  insert.run("backup", "backup.sh", '#!/bin/sh\nset -eu\n# Copies what changed, keeps what was deleted for thirty days.\nsource="$HOME/Documents"\ntarget="/mnt/backup/$(hostname)"\n\nrsync --archive --delete --backup \\\n  --backup-dir="$target/deleted/$(date +%F)" \\\n  "$source/" "$target/now/"\nfind "$target/deleted" -mindepth 1 -maxdepth 1 -mtime +30 -exec rm -r {} +\n', null);
  insert.run("minutes", "Minutes, garden committee", "Present: Ruth, Idris, Paweł, the dog\n\n1. The gate. Idris mends it on Saturday.\n2. The pump. Nobody knows. Ruth asks the town.\n3. Seeds. 40 euros, agreed.\n\nNext time: 3 December, at Paweł’s.\n", null);
  database.exec("PRAGMA user_version = 1");
}

const tidy = database.prepare("DELETE FROM snippet WHERE ends < datetime('now')");

/** The last twenty, without their whole text. */
export function recent() {
  tidy.run();
  return database.prepare("SELECT id, title, substr(text, 1, 160) AS start, length(text) AS size, made FROM snippet ORDER BY made DESC, rowid DESC LIMIT 20").all();
}

export function get(id) {
  tidy.run();
  return database.prepare("SELECT * FROM snippet WHERE id = ?").get(String(id)) ?? null;
}

/** `{id}`, or `{fault}`: a sentence that says why it was not kept. */
export function add({ title, text, days }) {
  const whole = (text ?? "").replaceAll("\r\n", "\n");
  if (!whole.trim()) return { fault: "Paste or write something first." };
  if (whole.length > 100_000) return { fault: "That is too long: at most 100,000 letters." };
  const name = (title ?? "").trim().slice(0, 100) || whole.trim().split("\n", 1)[0].slice(0, 60);
  const id = Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
  insert.run(id, name, whole, days && KEPT.has(days) ? `+${days} days` : null);
  return { id };
}

export const remove = (id) => void database.prepare("DELETE FROM snippet WHERE id = ?").run(String(id));
