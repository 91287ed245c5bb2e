interface Props {
  active?: boolean
  label?: string | number
  payload?: readonly { name?: string | number; value?: unknown }[]
  show: (value: number) => string
}

/** The box at the pointer; the charts hand in everything but `show`. */
export function ChartTip({ active, label, payload, show }: Props) {
  if (!active || !payload?.length) return null
  return (
    <div className="rounded-card bg-ink px-3 py-2 text-sm text-page shadow-lg">
      {label !== undefined && <p className="font-semibold">{label}</p>}
      {payload.map((entry) => (
        <p key={entry.name}>
          {entry.name}: <strong>{show(Number(entry.value))}</strong>
        </p>
      ))}
    </div>
  )
}
