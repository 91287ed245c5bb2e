import { useEffect, useRef, useState } from "react"
import type { Settings } from "./content"

export type Mode = "focus" | "short" | "long"

const TICK_MS = 200
const MINUTE_MS = 60_000

/**
 * Counts down by the clock on the wall, so that a sleeping tab stays right.
 * `onEnd` hears each round that ran to its end.
 */
export function useTimer(settings: Settings, onEnd: (mode: Mode, minutes: number) => void) {
  const [mode, setMode] = useState<Mode>("focus")
  const [round, setRound] = useState(1)
  const [endsAt, setEndsAt] = useState<number | null>(null)
  const [paused, setPaused] = useState<number | null>(null)
  const [now, setNow] = useState(Date.now)

  const total = settings[mode] * MINUTE_MS
  const left = Math.min(total, Math.max(0, endsAt === null ? (paused ?? total) : endsAt - now))
  const running = endsAt !== null

  function begin(next: Mode, run: boolean) {
    setMode(next)
    setPaused(null)
    setNow(Date.now())
    setEndsAt(run ? Date.now() + settings[next] * MINUTE_MS : null)
  }

  /** To the break after a focus round, to the next focus round after a break. */
  function advance(run: boolean) {
    if (mode === "focus") {
      begin(round >= settings.rounds ? "long" : "short", run)
    } else {
      setRound(mode === "long" || round >= settings.rounds ? 1 : round + 1)
      begin("focus", run)
    }
  }

  const finish = useRef(() => {})
  useEffect(() => {
    finish.current = () => {
      advance(settings.auto)
      onEnd(mode, settings[mode])
    }
  })

  useEffect(() => {
    if (endsAt === null) return
    const timer = setInterval(() => {
      setNow(Date.now())
      if (Date.now() >= endsAt) {
        clearInterval(timer)
        finish.current()
      }
    }, TICK_MS)
    return () => clearInterval(timer)
  }, [endsAt])

  return {
    mode,
    round,
    running,
    started: running || paused !== null,
    left,
    share: total > 0 ? left / total : 0,
    pick: (next: Mode) => begin(next, false),
    skip: () => advance(false),
    reset: () => begin(mode, false),
    toggle() {
      if (running) {
        setPaused(left)
        setEndsAt(null)
      } else {
        setNow(Date.now())
        setEndsAt(Date.now() + left)
      }
    },
  }
}

export type Timer = ReturnType<typeof useTimer>

export function clock(ms: number) {
  const seconds = Math.ceil(ms / 1000)
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`
}
