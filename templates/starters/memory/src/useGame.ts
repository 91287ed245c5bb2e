import { useEffect, useReducer, useState } from "react"
import { content } from "./content"

export interface Game {
  /** For each place on the board, the index of its pair. */
  deck: number[]
  /** Places face up that are not yet a pair: none, one or two. */
  open: number[]
  /** Indexes of the found pairs, in the order they were found. */
  found: number[]
  moves: number
}

type Action = { type: "deal"; pairs: number } | { type: "turn"; place: number } | { type: "cover" }

const LOOK_MS = 900

function deal(pairs: number): Game {
  const chosen = shuffled(content.pairs.map((_, index) => index)).slice(0, pairs)
  return { deck: shuffled([...chosen, ...chosen]), open: [], found: [], moves: 0 }
}

function shuffled<T>(values: T[]): T[] {
  const mixed = [...values]
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1))
    ;[mixed[last], mixed[other]] = [mixed[other]!, mixed[last]!]
  }
  return mixed
}

function play(game: Game, action: Action): Game {
  if (action.type === "deal") return deal(action.pairs)
  if (action.type === "cover") return { ...game, open: [] }
  const pair = game.deck[action.place]
  // Two cards stay open until they are covered; turning a third covers them at once.
  const open = game.open.length === 2 ? [] : game.open
  if (pair === undefined || game.found.includes(pair) || open.includes(action.place)) return game
  const [first] = open
  if (first === undefined) return { ...game, open: [action.place] }
  const moves = game.moves + 1
  if (game.deck[first] === pair) return { ...game, open: [], found: [...game.found, pair], moves }
  return { ...game, open: [first, action.place], moves }
}

export function useGame(pairs: number) {
  const [game, send] = useReducer(play, pairs, deal)
  const waiting = game.open.length === 2
  const won = game.deck.length > 0 && game.found.length * 2 === game.deck.length
  const begun = game.moves > 0 || game.open.length > 0
  const [seconds, setSeconds] = useState(0)

  useEffect(() => {
    if (!waiting) return
    const timer = setTimeout(() => send({ type: "cover" }), LOOK_MS)
    return () => clearTimeout(timer)
  }, [waiting, game.moves])

  useEffect(() => {
    if (!begun || won) return
    const clock = setInterval(() => setSeconds((passed) => passed + 1), 1000)
    return () => clearInterval(clock)
  }, [begun, won])

  function restart(count: number) {
    setSeconds(0)
    send({ type: "deal", pairs: count })
  }

  return { game, won, seconds, restart, turn: (place: number) => send({ type: "turn", place }) }
}
