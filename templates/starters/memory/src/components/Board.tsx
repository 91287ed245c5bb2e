import type { Game } from "../useGame"
import { Tile } from "./Tile"

export function Board({ game, onTurn }: { game: Game; onTurn: (place: number) => void }) {
  const columns = game.deck.length > 12 ? "grid-cols-4" : game.deck.length > 8 ? "grid-cols-3 sm:grid-cols-4" : "grid-cols-2 sm:grid-cols-4"
  return (
    <ul className={`grid gap-3 sm:gap-4 ${columns}`}>
      {game.deck.map((pair, place) => (
        <li key={place}>
          <Tile
            pair={pair}
            place={place}
            state={game.found.includes(pair) ? "found" : game.open.includes(place) ? "open" : "hidden"}
            onTurn={() => onTurn(place)}
          />
        </li>
      ))}
    </ul>
  )
}
