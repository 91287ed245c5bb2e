import { content } from "../content"
import { Emblem } from "./Emblem"

interface Props {
  pair: number
  place: number
  state: "hidden" | "open" | "found"
  onTurn: () => void
}

export function Tile({ pair, place, state, onTurn }: Props) {
  const name = content.pairs[pair]?.name ?? ""
  const shown = state !== "hidden"
  return (
    <button
      className="tile"
      data-state={state}
      aria-label={shown ? name : `${content.labels.hidden} ${place + 1}`}
      aria-pressed={shown}
      onClick={onTurn}
    >
      <span className="tile-inner" aria-hidden>
        <span className="tile-back" />
        <span className="tile-face">
          {shown && (
            <>
              <span className="min-h-0 w-3/5 flex-1">
                <Emblem index={pair} />
              </span>
              <span className="line-clamp-2 text-[clamp(0.7rem,2.2vw,1rem)] leading-tight font-bold [overflow-wrap:anywhere]">
                {name}
              </span>
            </>
          )}
        </span>
      </span>
    </button>
  )
}
