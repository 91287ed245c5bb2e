import { useCallback, useEffect, useState } from "react"
import * as api from "./api"
import { NewPoll } from "./NewPoll"
import { PollCard } from "./PollCard"

const AGAIN_MS = 3000

export default function App() {
  const [polls, setPolls] = useState<api.Poll[] | null>(null)
  const [fault, setFault] = useState("")
  const [asking, setAsking] = useState(false)

  const load = useCallback(() => api.polls().then(setPolls, () => undefined), [])
  useEffect(() => {
    void load()
    // Also how the page finds a server that is still starting.
    const timer = setInterval(() => document.hidden || void load(), polls === null ? 1000 : AGAIN_MS)
    return () => clearInterval(timer)
  }, [load, polls === null])

  const act = async (work: Promise<unknown>) => {
    setFault("")
    try {
      await work
      await load()
      return true
    } catch (error) {
      setFault(error instanceof api.Refused ? error.message : "The server cannot be reached. Try again in a moment.")
      return false
    }
  }

  return (
    <>
      <header>
        <h1>Show of Hands</h1>
        <button type="button" onClick={() => setAsking(!asking)} aria-expanded={asking}>{asking ? "Cancel" : "Ask something"}</button>
      </header>
      <main aria-busy={polls === null}>
        {asking && <NewPoll onAdd={async (question, options) => { if (await act(api.add(question, options))) setAsking(false) }} />}
        <p className="fault" role="alert">{fault}</p>
        {polls === null && <p className="empty">Fetching the polls…</p>}
        {polls?.length === 0 && <p className="empty">No polls at the moment. Ask the first question.</p>}
        {polls?.map((poll) => (
          <PollCard key={poll.id} poll={poll} onVote={(option) => void act(api.vote(poll.id, option))} onClose={() => void act(api.close(poll.id))} />
        ))}
      </main>
    </>
  )
}
