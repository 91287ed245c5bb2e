import { useState, type FormEvent } from "react"
import { content, formatMoney, shows } from "../content"
import type { Split } from "../split"
import { Wheel } from "./Wheel"

interface Props {
  result: Split
  people: number
  roundUp: boolean
  onRoundUp: (roundUp: boolean) => void
  onKeep: (name: string) => void
}

export function ResultPanel({ result, people, roundUp, onRoundUp, onKeep }: Props) {
  const [name, setName] = useState("")
  const [status, setStatus] = useState("")
  const highest = result.shares[0] ?? 0
  const lowest = result.shares.at(-1) ?? 0

  const keep = (event: FormEvent): void => {
    event.preventDefault()
    onKeep(name.trim())
    setName("")
    setStatus(content.labels.saved)
  }

  return (
    <section aria-label={content.labels.each} className="flex flex-col gap-6 rounded-[calc(var(--radius)*2)] bg-accent p-6 text-accent-ink sm:p-8 [&_:focus-visible]:outline-current">
      <div aria-live="polite">
        <p>{content.labels.each}</p>
        <p className="font-figures text-[clamp(2.75rem,7vw,4.5rem)] leading-none tracking-[-0.05em] break-all">{formatMoney(highest)}</p>
        {highest !== lowest && <p className="mt-1 text-base">{content.labels.others.replace("{amount}", formatMoney(lowest))}</p>}
      </div>
      {shows("wheel") && <Wheel people={people} tipShare={result.total ? result.tip / result.total : 0} />}
      <dl className="grid grid-cols-[1fr_auto] gap-y-1.5 border-t border-current/40 pt-4">
        <dt>{content.labels.tip}</dt>
        <dd className="text-right font-figures">{formatMoney(result.tip)}</dd>
        <dt>{content.labels.with_tip}</dt>
        <dd className="text-right font-figures">{formatMoney(result.total)}</dd>
      </dl>
      <div>
        <label className="flex min-h-11 items-center gap-3">
          <input type="checkbox" checked={roundUp} onChange={(event) => onRoundUp(event.target.checked)} className="size-5 accent-ink" />
          {content.labels.round}
        </label>
        <p className="min-h-6 text-base" aria-live="polite">
          {result.added > 0 && content.labels.rounded.replace("{amount}", formatMoney(result.added))}
        </p>
      </div>
      {shows("history") && (
        <form onSubmit={keep} className="mt-auto flex flex-wrap gap-2">
          <label className="min-w-0 flex-1 basis-40">
            <span className="sr-only">{content.labels.save_name}</span>
            <input
              value={name}
              maxLength={60}
              placeholder={content.labels.save_name}
              onChange={(event) => {
                setName(event.target.value)
                setStatus("")
              }}
              className="min-h-12 w-full rounded-box border border-current/60 bg-transparent px-4 placeholder:text-current placeholder:opacity-90"
            />
          </label>
          <button type="submit" disabled={result.total === 0} className="min-h-12 rounded-box bg-accent-ink px-5 text-accent hover:opacity-90 disabled:opacity-50">
            {content.labels.save}
          </button>
          <p role="status" className="sr-only">
            {status}
          </p>
        </form>
      )}
    </section>
  )
}
