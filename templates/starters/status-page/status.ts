// Services and incidents in SQLite (data/status.db). A service is as bad as its worst incident that is not over.
import { mkdirSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { HTTPException } from "hono/http-exception"

export type Level = "slow" | "down"
export type State = "up" | Level

export interface Service {
  id: number
  name: string
  about: string
  state: State
  /** The last sixty days, today last. */
  days: State[]
}

export interface Incident {
  id: number
  service: string
  title: string
  level: Level
  began: string
  over: string | null
  updates: { text: string; at: string }[]
}

const DAYS = 60
const folder = new URL("./data/", import.meta.url)
mkdirSync(folder, { recursive: true })
const database = new DatabaseSync(new URL("status.db", folder).pathname)
database.exec(`
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS service (id INTEGER PRIMARY KEY, name TEXT NOT NULL, about TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS incident (
    id INTEGER PRIMARY KEY, service INTEGER NOT NULL REFERENCES service, title TEXT NOT NULL, level TEXT NOT NULL,
    began TEXT NOT NULL, over TEXT
  );
  CREATE TABLE IF NOT EXISTS entry (incident INTEGER NOT NULL REFERENCES incident, text TEXT NOT NULL, at TEXT NOT NULL);
`)
const insertIncident = database.prepare("INSERT INTO incident (service, title, level, began, over) VALUES (?, ?, ?, ?, ?)")
const insertEntry = database.prepare("INSERT INTO entry (incident, text, at) VALUES (?, ?, ?)")
const ago = (days: number, hours = 0) => new Date(Date.now() - days * 86_400_000 + hours * 3_600_000).toISOString()

if (database.prepare("PRAGMA user_version").get()?.user_version === 0) {
  const insert = database.prepare("INSERT INTO service (name, about) VALUES (?, ?)")
  insert.run("Berth booking", "Reserving and paying for a berth")
  insert.run("Harbour cameras", "Live pictures of the three basins")
  insert.run("Tide data", "Heights and currents, every ten minutes")
  insert.run("Newsletter", "Notices to everyone on the water")
  const first: [number, string, Level, number, number | null, [number, string][]][] = [
    [2, "Camera at the east basin is dark", "slow", 1, null, [[1, "A gull sits on the lens housing. We are serious."], [4, "The gull has left. The lens needs cleaning, tomorrow at low tide."]]],
    [1, "Card payments fail", "down", 9, 3, [[0.5, "Our payment provider has trouble. Booking works, paying does not."], [3, "Payments work again. Nobody was charged twice."]]],
    [3, "Tide data arrives late", "slow", 23, 8, [[1, "The gauge at the north pier answers slowly."], [8, "A new radio link is in place."]]],
    [1, "Booking closed for the new price list", "slow", 44, 2, [[2, "Done. Thank you for your patience."]]],
  ]
  for (const [service, title, level, days, hours, entries] of first) {
    const id = insertIncident.run(service, title, level, ago(days), hours === null ? null : ago(days, hours)).lastInsertRowid
    for (const [after, text] of entries) insertEntry.run(id, text, ago(days, after))
  }
  database.exec("PRAGMA user_version = 1")
}

const rank: Record<State, number> = { up: 0, slow: 1, down: 2 }
const worse = (a: State, b: State): State => (rank[b] > rank[a] ? b : a)

export function services(): Service[] {
  const rows = database.prepare("SELECT * FROM service ORDER BY id").all() as { id: number; name: string; about: string }[]
  return rows.map((row) => {
    const found = database.prepare("SELECT level, began, over FROM incident WHERE service = ?").all(row.id) as { level: Level; began: string; over: string | null }[]
    const days = Array.from({ length: DAYS }, (_, at): State => {
      const day = ago(DAYS - 1 - at).slice(0, 10)
      return found.filter(({ began, over }) => began.slice(0, 10) <= day && (over ?? ago(0)).slice(0, 10) >= day).reduce<State>((state, { level }) => worse(state, level), "up")
    })
    const state = found.filter(({ over }) => over === null).reduce<State>((now, { level }) => worse(now, level), "up")
    return { ...row, days, state }
  })
}

/** Those that go on first, then the latest. */
export function incidents(): Incident[] {
  const rows = database.prepare(`
    SELECT incident.id, service.name AS service, title, level, began, over FROM incident JOIN service ON service.id = incident.service
    ORDER BY over IS NOT NULL, began DESC LIMIT 30
  `).all() as unknown as Omit<Incident, "updates">[]
  const updates = database.prepare("SELECT text, at FROM entry WHERE incident = ? ORDER BY at DESC")
  return rows.map((row) => ({ ...row, updates: updates.all(row.id) as unknown as Incident["updates"] }))
}

export function report(service: number, title: string, level: Level): void {
  if (!Number.isInteger(service) || !database.prepare("SELECT 1 FROM service WHERE id = ?").get(service)) throw new HTTPException(422, { message: "Choose one of the services." })
  insertIncident.run(service, title, level, ago(0), null)
}

/** Whether there is such an incident. */
export function update(id: number, text: string, over: boolean): boolean {
  if (!Number.isInteger(id) || !database.prepare("SELECT 1 FROM incident WHERE id = ?").get(id)) return false
  insertEntry.run(id, text, ago(0))
  if (over) database.prepare("UPDATE incident SET over = ? WHERE id = ? AND over IS NULL").run(ago(0), id)
  return true
}
