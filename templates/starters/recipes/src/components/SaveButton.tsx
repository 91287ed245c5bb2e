import { content, type Entry } from "../content"
import { toggleSaved, useKept } from "../lib/keeping"

export function SaveButton({ entry }: { entry: Entry }) {
  const saved = useKept().saved.includes(entry.id)
  return (
    <button
      type="button"
      aria-pressed={saved}
      aria-label={`${content.labels.save}: ${entry.title}`}
      onClick={() => toggleSaved(entry.id)}
      className="inline-flex min-h-11 items-center gap-2 text-sm font-semibold underline-offset-4 hover:underline"
    >
      <svg viewBox="0 0 16 20" className="h-5 w-4" fill={saved ? "var(--accent)" : "none"} stroke="var(--accent)" strokeWidth="1.8" strokeLinejoin="round" aria-hidden="true">
        <path d="M2 1.5h12v17l-6-4.5-6 4.5Z" />
      </svg>
      {saved ? content.labels.saved : content.labels.save}
    </button>
  )
}
