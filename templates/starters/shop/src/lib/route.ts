import { useSyncExternalStore } from "react"

const subscribe = (changed: () => void): (() => void) => {
  window.addEventListener("hashchange", changed)
  return () => window.removeEventListener("hashchange", changed)
}

/** The product id in an address such as "#/item/p1", else null. */
export function useProductId(): string | null {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash)
  return /^#\/item\/(.+)$/.exec(hash)?.[1] ?? null
}
