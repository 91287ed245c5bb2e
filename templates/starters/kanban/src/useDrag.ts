import { useEffect, useRef, useState, type PointerEvent as ReactPointerEvent } from "react"

export interface Target {
  column: string
  before: string | null
}

export interface Drag {
  id: string
  x: number
  y: number
  width: number
  target: Target | null
}

const THRESHOLD_PX = 5
const EDGE_PX = 60
const SCROLL_PX = 14

/**
 * Pointer dragging of `[data-card]` elements over `[data-column]` elements.
 * A mouse drags from anywhere on a card, a finger from its handle (so that the page still scrolls).
 */
export function useDrag(onDrop: (id: string, target: Target) => void) {
  const [drag, setDrag] = useState<Drag | null>(null)
  const latest = useRef({ drag, onDrop })
  const stop = useRef<(() => void) | null>(null)
  useEffect(() => {
    latest.current = { drag, onDrop }
  })
  useEffect(() => () => stop.current?.(), [])

  function start(id: string, event: ReactPointerEvent<HTMLElement>) {
    const pressed = event.target as Element
    const onHandle = pressed.closest("[data-handle]") !== null
    if (event.button !== 0 || (event.pointerType !== "mouse" && !onHandle)) return
    const box = event.currentTarget.getBoundingClientRect()
    const from = { x: event.clientX, y: event.clientY }
    const grip = { x: from.x - box.left, y: from.y - box.top }
    let active = false

    function move({ clientX, clientY, pointerId }: PointerEvent) {
      if (pointerId !== event.pointerId) return
      if (!active && Math.hypot(clientX - from.x, clientY - from.y) < THRESHOLD_PX) return
      active = true
      window.getSelection()?.removeAllRanges()
      scrollAtEdge(clientX)
      setDrag({
        id,
        x: clientX - grip.x,
        y: clientY - grip.y,
        width: box.width,
        target: targetAt(clientX, clientY, id),
      })
    }
    function end({ type, pointerId }: PointerEvent) {
      if (pointerId !== event.pointerId) return
      const target = latest.current.drag?.target
      if (active && type === "pointerup" && target) latest.current.onDrop(id, target)
      if (active) swallowClick()
      stop.current?.()
    }
    function escape({ key }: KeyboardEvent) {
      if (key === "Escape") stop.current?.()
    }
    stop.current = () => {
      window.removeEventListener("pointermove", move)
      window.removeEventListener("pointerup", end)
      window.removeEventListener("pointercancel", end)
      window.removeEventListener("keydown", escape)
      setDrag(null)
    }
    window.addEventListener("pointermove", move)
    window.addEventListener("pointerup", end)
    window.addEventListener("pointercancel", end)
    window.addEventListener("keydown", escape)
  }

  return { drag, start }
}

function targetAt(x: number, y: number, dragged: string): Target | null {
  const column = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-column]")
  if (!column?.dataset.column) return null
  const below = [...column.querySelectorAll<HTMLElement>("[data-card]")].find((card) => {
    const box = card.getBoundingClientRect()
    return card.dataset.card !== dragged && y < box.top + box.height / 2
  })
  return { column: column.dataset.column, before: below?.dataset.card ?? null }
}

function scrollAtEdge(x: number) {
  const board = document.querySelector("[data-board]")
  if (x < EDGE_PX) board?.scrollBy(-SCROLL_PX, 0)
  if (x > window.innerWidth - EDGE_PX) board?.scrollBy(SCROLL_PX, 0)
}

/** The click that follows a drop must not open the card. */
function swallowClick() {
  const swallow = (event: MouseEvent) => event.stopPropagation()
  window.addEventListener("click", swallow, { capture: true, once: true })
  setTimeout(() => window.removeEventListener("click", swallow, { capture: true }))
}
