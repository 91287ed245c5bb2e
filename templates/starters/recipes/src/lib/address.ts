import { useSyncExternalStore } from "react"

export interface Address {
  entry: string
  tag: string
  query: string
}

/** "#/r1" is an entry; "#?tag=t1&q=lemon" is a search that can be shared and gone back to. */
function read(hash: string): Address {
  const [path = "", search = ""] = hash.replace(/^#\/?/, "").split("?")
  const parameters = new URLSearchParams(search)
  return { entry: path, tag: parameters.get("tag") ?? "", query: parameters.get("q") ?? "" }
}

const subscribe = (changed: () => void): (() => void) => {
  window.addEventListener("hashchange", changed)
  window.addEventListener("search-changed", changed)
  return () => {
    window.removeEventListener("hashchange", changed)
    window.removeEventListener("search-changed", changed)
  }
}

export function useAddress(): Address {
  return read(useSyncExternalStore(subscribe, () => window.location.hash))
}

export const searchHash = (tag: string, query: string): string => {
  const parameters = new URLSearchParams()
  if (tag) parameters.set("tag", tag)
  if (query) parameters.set("q", query)
  return parameters.size ? `#/?${parameters}` : "#/"
}

/** Typing replaces the current history entry, so that Back leaves the search and not a letter. */
export function replaceSearch(tag: string, query: string): void {
  window.history.replaceState(window.history.state, "", searchHash(tag, query))
  window.dispatchEvent(new Event("search-changed"))
}
