// What was drawn, in SQLite. A stroke is a list of points on a board 1600 wide and 1000 high.
import { mkdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

const MOST = 5_000;
const COLOURS = ["ink", "red", "blue", "green", "amber"];

export class Board {
  #database;

  constructor(folder) {
    mkdirSync(folder, { recursive: true });
    this.#database = new DatabaseSync(new URL("board.db", folder).pathname);
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      CREATE TABLE IF NOT EXISTS stroke (id TEXT PRIMARY KEY, colour TEXT NOT NULL, width REAL NOT NULL, points TEXT NOT NULL);
    `);
    if (this.#database.prepare("PRAGMA user_version").get().user_version === 0) {
      for (const stroke of first()) this.add(stroke);
      this.#database.exec("PRAGMA user_version = 1");
    }
  }

  all() {
    const rows = this.#database.prepare("SELECT * FROM stroke ORDER BY rowid").all();
    return rows.map((row) => ({ ...row, points: JSON.parse(row.points) }));
  }

  /** The stroke as it was kept; null for one that is none. */
  add({ id, colour, width, points }) {
    const good = typeof id === "string" && /^[\w-]{1,40}$/.test(id) && COLOURS.includes(colour) && width >= 1 && width <= 60 &&
      Array.isArray(points) && points.length >= 2 && points.length <= 8_000 && points.every(Number.isFinite);
    if (!good) return null;
    const stroke = { id, colour, width, points: points.map((value) => Math.round(value * 10) / 10) };
    this.#database.prepare("INSERT OR REPLACE INTO stroke VALUES (?, ?, ?, ?)").run(id, colour, width, JSON.stringify(stroke.points));
    this.#database.prepare("DELETE FROM stroke WHERE rowid <= (SELECT max(rowid) FROM stroke) - ?").run(MOST);
    return stroke;
  }

  remove(id) {
    this.#database.prepare("DELETE FROM stroke WHERE id = ?").run(id);
  }

  clear() {
    this.#database.exec("DELETE FROM stroke");
  }
}

/** A house, a tree, a sun and a path, so that the board is not empty. */
function first() {
  let number = 0;
  const stroke = (colour, width, ...points) => ({ id: `first-${number++}`, colour, width, points });
  // A hand leaves many points: corners stay corners when the page draws curves through them.
  const line = (colour, width, ...corners) => {
    const points = corners.slice(0, 2);
    for (let at = 2; at < corners.length; at += 2) {
      const [x, y, toX, toY] = corners.slice(at - 2, at + 2);
      for (let step = 1; step <= 16; step++) points.push(x + ((toX - x) * step) / 16, y + ((toY - y) * step) / 16);
    }
    return stroke(colour, width, ...points);
  };
  const round = (x, y, r, from = 0, to = 2) => Array.from({ length: 41 }, (_, at) => {
    const angle = Math.PI * (from + ((to - from) * at) / 40);
    return [x + Math.cos(angle) * r, y + Math.sin(angle) * r * (1 + Math.sin(angle * 3) * 0.03)];
  }).flat();
  return [
    line("ink", 6, 360, 780, 364, 500, 640, 494, 644, 782, 360, 780),
    line("red", 8, 320, 512, 500, 330, 690, 506, 320, 512),
    line("ink", 5, 470, 780, 470, 640, 552, 638, 552, 780),
    line("blue", 5, 580, 560, 620, 560, 620, 604, 580, 604, 580, 560),
    stroke("amber", 8, ...round(1260, 270, 84)),
    ...[0, 1, 2, 3, 4, 5, 6, 7].map((at) => {
      const angle = (Math.PI * at) / 4;
      return stroke("amber", 6, 1260 + Math.cos(angle) * 112, 270 + Math.sin(angle) * 112, 1260 + Math.cos(angle) * 158, 270 + Math.sin(angle) * 158);
    }),
    stroke("ink", 10, 980, 790, 986, 620),
    stroke("green", 14, ...round(984, 520, 108, 0.1, 2.3)),
    stroke("green", 8, 120, 806, 420, 792, 800, 800, 1180, 790, 1500, 804),
    stroke("ink", 4, 512, 790, 540, 850, 470, 910, 560, 980),
  ];
}
