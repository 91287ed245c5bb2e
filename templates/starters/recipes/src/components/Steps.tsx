import { useState } from "react"
import { content } from "../content"

/** Numbered steps that can be ticked off on the way. */
export function Steps({ steps }: { steps: string[] }) {
  const [done, setDone] = useState<number[]>([])
  const toggle = (index: number): void =>
    setDone((old) => (old.includes(index) ? old.filter((one) => one !== index) : [...old, index]))

  return (
    <section aria-labelledby="steps-title">
      <h2 id="steps-title" className="min-h-11 content-center text-2xl">
        {content.labels.steps}
      </h2>
      <ol className="mt-4 space-y-1">
        {steps.map((step, index) => (
          <li key={index}>
            <label className="flex cursor-pointer gap-4 rounded-box p-2.5 hover:bg-surface has-focus-visible:outline-3 has-focus-visible:outline-accent">
              <input type="checkbox" checked={done.includes(index)} onChange={() => toggle(index)} className="peer sr-only" />
              <span
                aria-hidden="true"
                className="grid size-9 shrink-0 place-items-center rounded-full border-2 border-accent font-slab font-bold peer-checked:bg-accent peer-checked:text-accent-ink"
              >
                {done.includes(index) ? "✓" : index + 1}
              </span>
              <span className="pt-1 leading-relaxed peer-checked:text-muted peer-checked:line-through">{step}</span>
            </label>
          </li>
        ))}
      </ol>
    </section>
  )
}
