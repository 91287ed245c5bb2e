import { useEffect, useState } from "react"
import { seeds, slug, type Kept } from "./content"

interface Stored {
  own: Kept[]
  removed: string[]
}

const KEY = `${slug}:kept`

function load(): Stored {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Stored>
    const own = Array.isArray(stored.own) ? stored.own : []
    return {
      own: own.filter((one) => one?.id && [one.bill, one.tip, one.people, one.at].every(Number.isFinite)),
      removed: Array.isArray(stored.removed) ? stored.removed : [],
    }
  } catch {
    return { own: [], removed: [] } // Broken storage: only the entries of the content are left.
  }
}

export interface KeptList {
  entries: Kept[]
  keep: (entry: Omit<Kept, "id" | "at">) => void
  remove: (id: string) => void
}

export function useKept(): KeptList {
  const [stored, setStored] = useState(load)
  useEffect(() => {
    try {
      localStorage.setItem(KEY, JSON.stringify(stored))
    } catch {
      // Storage may be refused in private windows; entries then last until the page closes.
    }
  }, [stored])

  return {
    entries: [...stored.own, ...seeds].filter((one) => !stored.removed.includes(one.id)),
    keep: (entry) => {
      const at = Date.now()
      setStored((old) => ({ ...old, own: [{ ...entry, id: at.toString(36), at }, ...old.own] }))
    },
    remove: (id) =>
      setStored((old) => ({ own: old.own.filter((one) => one.id !== id), removed: [...old.removed, id] })),
  }
}
