// The server beside this page. Addresses are relative: they work wherever the two are shown.
export interface Item {
  id: number
  name: string
  amount: string
  aisle: string
  by: string
  done: boolean
}

export class Refused extends Error {}

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(path, {
    method,
    ...(body !== undefined && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  })
  const found: unknown = answer.status === 204 ? null : await answer.json().catch(() => null)
  if (!answer.ok) {
    const detail = (found as { detail?: unknown } | null)?.detail
    throw new Refused(typeof detail === "string" ? detail : "That could not be kept. Try again in a moment.")
  }
  return found as T
}

export const items = () => ask<Item[]>("GET", "/api/items")
export const add = (item: Pick<Item, "name" | "amount" | "aisle" | "by">) => ask<Item>("POST", "/api/items", item)
export const tick = (id: number, done: boolean) => ask<Item>("PATCH", `/api/items/${id}`, { done })
export const clear = () => ask<null>("DELETE", "/api/items/done")

/** Calls `changed` whenever anyone changed something, and `live` with whether the server is heard. */
export function watch(changed: () => void, live: (heard: boolean) => void): () => void {
  let stream: EventSource | null = null
  let again: ReturnType<typeof setTimeout>
  const connect = () => {
    stream = new EventSource("/api/events")
    stream.onopen = () => {
      live(true)
      changed()
    }
    stream.onmessage = changed
    stream.onerror = () => {
      live(false)
      // The server may still be starting: a stream that was refused is not tried again by itself.
      if (stream?.readyState === EventSource.CLOSED) again = setTimeout(connect, 1000)
    }
  }
  connect()
  return () => {
    clearTimeout(again)
    stream?.close()
  }
}
