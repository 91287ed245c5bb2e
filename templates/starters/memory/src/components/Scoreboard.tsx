import { content } from "../content"
import type { Game } from "../useGame"

const { labels } = content

export function Scoreboard({ game, seconds, best }: { game: Game; seconds: number; best: number | null }) {
  const figures = [
    [labels.moves, String(game.moves)],
    [labels.pairs, `${game.found.length} / ${game.deck.length / 2}`],
    [labels.time, `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`],
    [labels.best, best === null ? labels.none : String(best)],
  ]
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-3">
      {figures.map(([label, value]) => (
        <div key={label}>
          <dt className="text-sm text-muted">{label}</dt>
          <dd className="text-2xl font-bold tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
