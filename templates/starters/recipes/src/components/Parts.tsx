import { useState } from "react"
import { content, type Sheet } from "../content"
import { writeAmount } from "../lib/amount"

/** The list of amounts, scaled to the number of portions. */
export function Parts({ sheet }: { sheet: Sheet }) {
  const [portions, setPortions] = useState(sheet.makes)
  const step = "grid size-11 place-items-center rounded-full border-2 border-ink text-xl hover:bg-ink hover:text-page disabled:opacity-30"
  return (
    <section aria-labelledby="parts-title">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 id="parts-title" className="text-2xl">
          {content.labels.parts}
        </h2>
        <div role="group" aria-label={content.labels.makes} className="flex items-center gap-3">
          <span className="text-muted">{content.labels.makes}</span>
          <button type="button" className={step} aria-label="Fewer" disabled={portions <= 1} onClick={() => setPortions(portions - 1)}>
            −
          </button>
          <output className="min-w-6 text-center font-slab text-xl font-bold tabular-nums" aria-live="polite">
            {portions}
          </output>
          <button type="button" className={step} aria-label="More" disabled={portions >= 99} onClick={() => setPortions(portions + 1)}>
            +
          </button>
        </div>
      </div>
      <ul className="mt-4 divide-y divide-line border-y border-line">
        {sheet.parts.map((part, index) => (
          <li key={index} className="grid grid-cols-[6.5rem_1fr] gap-3 py-2.5">
            <span className="text-right font-semibold tabular-nums">
              {writeAmount((part.amount * portions) / sheet.makes)} {part.unit}
            </span>
            <span className="break-words">{part.name}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
