import { ArrowUp } from "lucide-react"
import { useRef, useState, type FormEvent } from "react"
import { content, shows } from "../content"

/** Enter sends, Shift+Enter breaks the line. */
export function Composer({ onSend }: { onSend: (text: string) => void }) {
  const [text, setText] = useState("")
  const field = useRef<HTMLTextAreaElement>(null)

  const send = (event?: FormEvent): void => {
    event?.preventDefault()
    if (text.trim()) onSend(text.trim())
    setText("")
    field.current?.focus()
  }

  return (
    <div className="border-t border-line bg-surface px-4 pt-3 pb-4 sm:px-8">
      <div className="mx-auto max-w-3xl">
        {shows("suggestions") && (
          <ul aria-label="Suggestions" className="mb-3 flex gap-2 overflow-x-auto p-0.5">
            {content.suggestions.map((suggestion) => (
              <li key={suggestion} className="shrink-0">
                <button
                  type="button"
                  onClick={() => onSend(suggestion)}
                  className="min-h-9 rounded-full border border-line px-3.5 text-sm hover:border-accent"
                >
                  {suggestion}
                </button>
              </li>
            ))}
          </ul>
        )}
        <form onSubmit={send} className="flex items-end gap-2">
          <label className="min-w-0 flex-1">
            <span className="sr-only">{content.labels.write}</span>
            <textarea
              ref={field}
              rows={1}
              value={text}
              placeholder={content.labels.write}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) send(event)
              }}
              className="field-sizing-content block max-h-40 min-h-12 w-full resize-none rounded-box border border-line bg-page px-4 py-3 placeholder:text-muted"
            />
          </label>
          <button
            type="submit"
            disabled={!text.trim()}
            aria-label={content.labels.send}
            className="grid size-12 shrink-0 place-items-center rounded-full bg-accent text-accent-ink hover:brightness-110 disabled:opacity-40"
          >
            <ArrowUp size={20} aria-hidden="true" />
          </button>
        </form>
        {shows("notice") && <p className="mt-2 text-xs text-muted">{content.labels.notice}</p>}
      </div>
    </div>
  )
}
