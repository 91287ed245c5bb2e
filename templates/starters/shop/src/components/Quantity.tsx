interface Props {
  value: number
  min?: number
  max: number
  label: string
  onChange: (value: number) => void
}

export function Quantity({ value, min = 1, max, label, onChange }: Props) {
  const step = "size-11 text-lg hover:bg-line disabled:opacity-40"
  return (
    <div role="group" aria-label={`Quantity of ${label}`} className="inline-flex items-center overflow-hidden rounded-box border border-line">
      <button type="button" className={step} aria-label="One less" disabled={value <= min} onClick={() => onChange(value - 1)}>
        −
      </button>
      <span className="w-8 text-center tabular-nums" aria-live="polite">
        {value}
      </span>
      <button type="button" className={step} aria-label="One more" disabled={value >= max} onClick={() => onChange(value + 1)}>
        +
      </button>
    </div>
  )
}
