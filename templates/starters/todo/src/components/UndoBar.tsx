import { useEffect } from "react"
import { content } from "../content"

interface Props {
  text: string | undefined
  onUndo: () => void
  onDismiss: () => void
}

const VISIBLE_MS = 8000

export function UndoBar({ text, onUndo, onDismiss }: Props) {
  useEffect(() => {
    if (!text) return
    const timer = setTimeout(onDismiss, VISIBLE_MS)
    return () => clearTimeout(timer)
  }, [text, onDismiss])

  return (
    <div className="pointer-events-none fixed inset-x-0 bottom-5 flex justify-center px-5" aria-live="polite">
      {text && (
        <div className="rise pointer-events-auto flex max-w-full items-center gap-4 rounded-card bg-ink py-2 pr-2 pl-5 text-page shadow-lg">
          <span className="min-w-0 truncate">{text}</span>
          <button
            className="shrink-0 rounded-card px-3 py-1.5 font-semibold underline underline-offset-4 focus-visible:outline-page"
            onClick={onUndo}
          >
            {content.labels.undo}
          </button>
        </div>
      )}
    </div>
  )
}
