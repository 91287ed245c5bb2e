import { useCallback, useEffect, useState } from "react"
import * as api from "./api"
import { AddForm } from "./AddForm"
import { Aisle } from "./Aisle"

const AISLES = ["Fruit & vegetables", "Bread", "Fridge", "Cupboard", "Household", "Other"]

export default function App() {
  const [items, setItems] = useState<api.Item[] | null>(null)
  const [live, setLive] = useState(false)
  const [fault, setFault] = useState("")
  const [me, setMe] = useState(() => localStorage.getItem("flat.me") ?? "")

  const load = useCallback(() => {
    api.items().then(setItems, () => undefined) // the stream says when the server is there again
  }, [])
  useEffect(() => api.watch(load, setLive), [load])
  useEffect(() => localStorage.setItem("flat.me", me), [me])

  const act = async (work: Promise<unknown>) => {
    setFault("")
    try {
      await work
      load()
      return true
    } catch (error) {
      setFault(error instanceof api.Refused ? error.message : "The list cannot be reached. Try again in a moment.")
      return false
    }
  }
  const open = items?.filter((item) => !item.done).length ?? 0
  const done = (items?.length ?? 0) - open

  return (
    <div className="sheet">
      <header>
        <div>
          <h1>Flat Four</h1>
          <p>{items === null ? "Fetching the list…" : open === 0 ? "Nothing left to buy." : `${open} ${open === 1 ? "thing" : "things"} to buy`}</p>
        </div>
        <span className="live" data-on={live} role="status">{live ? "Shared live" : "Connecting…"}</span>
      </header>
      <AddForm aisles={AISLES} me={me} onMe={setMe} onAdd={(item) => act(api.add(item))} />
      <p className="fault" role="alert">{fault}</p>
      <main aria-busy={items === null}>
        {items === null && <div className="ghost" aria-hidden="true"><i /><i /><i /><i /></div>}
        {items?.length === 0 && <p className="empty">The list is empty. Write the first thing above.</p>}
        {AISLES.map((aisle) => (
          <Aisle
            key={aisle} name={aisle} items={items?.filter((item) => item.aisle === aisle) ?? []}
            onTick={(item) => void act(api.tick(item.id, !item.done))}
          />
        ))}
      </main>
      {done > 0 && (
        <footer>
          <span>{done} in the bag</span>
          <button type="button" className="quiet" onClick={() => void act(api.clear())}>Clear what is done</button>
        </footer>
      )}
    </div>
  )
}
