import { content } from "../content"

export function TipChoice({ tip, onTip }: { tip: number; onTip: (tip: number) => void }) {
  return (
    <fieldset>
      <legend className="mb-2 text-muted">{content.labels.tip}</legend>
      <div className="grid grid-cols-[repeat(auto-fit,minmax(5.5rem,1fr))] gap-2">
        {content.tips.map(({ percent, name }) => (
          <button
            key={percent}
            type="button"
            aria-pressed={tip === percent}
            onClick={() => onTip(percent)}
            className="rounded-box border border-line bg-surface px-2 py-2 leading-tight hover:border-accent aria-pressed:border-accent aria-pressed:bg-accent aria-pressed:text-accent-ink"
          >
            <span className="block font-figures text-xl">{percent}%</span>
            <span className="text-sm">{name}</span>
          </button>
        ))}
        <label className="relative">
          <span className="sr-only">{content.labels.own_tip}</span>
          <input
            type="number"
            min="0"
            max="100"
            value={tip}
            onChange={(event) => onTip(Math.min(100, Math.max(0, Number(event.target.value) || 0)))}
            className="size-full min-h-15 rounded-box border border-dashed border-muted bg-transparent pr-7 pl-2 text-center font-figures text-xl"
          />
          <span aria-hidden="true" className="absolute top-1/2 right-3 -translate-y-1/2 text-muted">
            %
          </span>
        </label>
      </div>
    </fieldset>
  )
}
