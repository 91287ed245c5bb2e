import { content, type Settings } from "../content"

const { labels } = content

interface Props {
  settings: Settings
  onSettings: (settings: Settings) => void
}

const numbers = [
  { name: "focus", label: labels.focus_minutes, most: 180 },
  { name: "short", label: labels.short_minutes, most: 60 },
  { name: "long", label: labels.long_minutes, most: 120 },
  { name: "rounds", label: labels.rounds, most: 12 },
] as const

export function SettingsPanel({ settings, onSettings }: Props) {
  return (
    <details className="group rounded-card border border-line bg-surface px-5">
      <summary className="flex list-none items-center justify-between py-4 text-xl font-bold [&::-webkit-details-marker]:hidden">
        {labels.settings}
        <span className="text-2xl font-normal text-muted group-open:rotate-45" aria-hidden>
          +
        </span>
      </summary>
      <div className="space-y-3 pb-5">
        {numbers.map(({ name, label, most }) => (
          <label key={name} className="flex items-center justify-between gap-4">
            {label}
            <input
              className="h-10 w-20 rounded-card border border-muted/60 bg-page px-3 text-center tabular-nums"
              type="number"
              min={1}
              max={most}
              value={settings[name]}
              onChange={(event) => {
                const value = Math.round(event.target.valueAsNumber)
                if (value >= 1 && value <= most) onSettings({ ...settings, [name]: value })
              }}
            />
          </label>
        ))}
        {(["sound", "auto"] as const).map((name) => (
          <label key={name} className="flex min-h-10 cursor-pointer items-center justify-between gap-4">
            {labels[name]}
            <input
              className="size-5 accent-accent"
              type="checkbox"
              checked={settings[name]}
              onChange={(event) => onSettings({ ...settings, [name]: event.target.checked })}
            />
          </label>
        ))}
      </div>
    </details>
  )
}
