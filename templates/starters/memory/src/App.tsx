import { useEffect, useState } from "react"
import { fewest, keepFewest } from "./best"
import { Board } from "./components/Board"
import { Finds } from "./components/Finds"
import { Scoreboard } from "./components/Scoreboard"
import { content } from "./content"
import { useGame } from "./useGame"

const { app, labels, sections, sizes } = content
const possible = (pairs: number) => Math.min(pairs, content.pairs.length)

export default function App() {
  const [pairs, setPairs] = useState(possible(sizes.at(-1)?.pairs ?? 8))
  const { game, won, seconds, restart, turn } = useGame(pairs)
  const [record, setRecord] = useState(false)

  useEffect(() => {
    if (won && keepFewest(pairs, game.moves)) setRecord(true)
  }, [won, pairs, game.moves])

  function begin(count: number) {
    setPairs(count)
    setRecord(false)
    restart(count)
  }

  return (
    <div className="min-h-dvh">
      <header className="bg-header text-header-ink">
        <div className="mx-auto flex max-w-6xl flex-wrap items-end gap-x-8 gap-y-3 px-5 py-6">
          <div className="mr-auto max-w-2xl">
            <h1 className="text-3xl font-extrabold tracking-tight [overflow-wrap:anywhere]">{app.name}</h1>
            <p className="mt-1 [overflow-wrap:anywhere]">{app.tagline}</p>
          </div>
          {sections.includes("sizes") && (
            <div role="group" aria-label={labels.size} className="flex gap-1">
              {sizes.map((size) => (
                <button
                  key={size.name}
                  aria-pressed={possible(size.pairs) === pairs}
                  className="rounded-card px-3 py-2 underline-offset-4 aria-pressed:font-bold aria-pressed:underline aria-pressed:decoration-2"
                  onClick={() => begin(possible(size.pairs))}
                >
                  {size.name}
                </button>
              ))}
            </div>
          )}
        </div>
      </header>
      <main className="mx-auto grid max-w-6xl items-start gap-8 px-5 py-8 lg:grid-cols-[minmax(22rem,calc(100dvh-11rem))_minmax(16rem,1fr)]">
        <Board game={game} onTurn={turn} />
        <aside className="space-y-7">
          {sections.includes("score") && <Scoreboard game={game} seconds={seconds} best={fewest(pairs)} />}
          <button className="rounded-card bg-accent px-5 py-3 font-bold text-accent-ink" onClick={() => begin(pairs)}>
            {labels.restart}
          </button>
          <p role="status" className="font-bold empty:hidden">
            {won && `${labels.won.replace("{moves}", String(game.moves))} ${record ? labels.record : ""}`}
          </p>
          {sections.includes("finds") && <Finds found={game.found} />}
        </aside>
      </main>
    </div>
  )
}
