const looks = {
  open: "bg-surface hover:bg-accent hover:text-accent-ink",
  right: "bg-right text-mark-ink",
  wrong: "bg-wrong text-mark-ink",
  passed: "bg-surface opacity-75",
}
const marks = { open: "", right: "✓", wrong: "✗", passed: "" }

interface Props {
  place: number
  text: string
  state: keyof typeof looks
  onPick: () => void
}

export function Option({ place, text, state, onPick }: Props) {
  return (
    <li>
      <button
        className={`flex size-full min-h-18 items-center gap-4 rounded-card border-2 border-line px-4 py-3 text-left text-lg font-semibold disabled:cursor-default ${looks[state]}`}
        disabled={state !== "open"}
        onClick={onPick}
      >
        <span
          className="grid size-9 shrink-0 place-items-center rounded-full border-2 border-current text-base font-extrabold"
          aria-hidden
        >
          {marks[state] || place + 1}
        </span>
        <span className="min-w-0 [overflow-wrap:anywhere]">{text}</span>
      </button>
    </li>
  )
}
