import { content } from "../content"

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "0", "back"]

/** For the mouse; a phone has its own number keys, which the bill field asks for. */
export function Keypad({ onKey }: { onKey: (key: string) => void }) {
  return (
    <div role="group" aria-label={content.labels.bill} className="hidden grid-cols-3 gap-2 md:grid">
      {KEYS.map((key) => (
        <button key={key} type="button" onClick={() => onKey(key)} aria-label={key === "back" ? content.labels.delete : undefined} className="pad-key">
          {key === "back" ? "⌫" : key}
        </button>
      ))}
    </div>
  )
}
