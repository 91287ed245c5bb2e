import { useEffect, useState } from "react"
import { content } from "./content"

const slug =
  content.app.name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "") || "app"

/**
 * State that survives a reload. It starts as `make(seed)`, and starts again
 * when the seed in content.json changes. Unreadable storage counts as empty.
 */
export function useStored<S, T>(
  name: string,
  seed: S,
  make: (seed: S) => T,
  isValid: (value: unknown) => value is T,
) {
  const key = `${slug}:${name}`
  const origin = JSON.stringify(seed)
  const [first] = useState(() => read(key, origin, isValid) ?? make(seed))
  const [value, setValue] = useState(first)

  useEffect(() => {
    if (value === first) return
    try {
      localStorage.setItem(key, JSON.stringify({ origin, value }))
    } catch {
      // Storage is full or blocked: the app works on, it only forgets on reload.
    }
  }, [key, origin, first, value])

  return [value, setValue] as const
}

function read<T>(key: string, origin: string, isValid: (value: unknown) => value is T) {
  try {
    const saved: unknown = JSON.parse(localStorage.getItem(key) ?? "null")
    if (typeof saved !== "object" || saved === null) return undefined
    const { origin: savedOrigin, value } = saved as { origin?: unknown; value?: unknown }
    return savedOrigin === origin && isValid(value) ? value : undefined
  } catch {
    return undefined
  }
}
