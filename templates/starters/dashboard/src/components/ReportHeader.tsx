import { Moon, Sun } from "lucide-react"
import { content } from "../content"
import { useTheme } from "../useTheme"

const { app, labels } = content
const ranges = [3, 6, 12]

interface Props {
  range: number
  onRange: (range: number) => void
}

export function ReportHeader({ range, onRange }: Props) {
  const { dark, toggle } = useTheme()
  const Icon = dark ? Sun : Moon
  return (
    <header className="border-b border-line bg-header text-header-ink">
      <div className="mx-auto flex max-w-7xl flex-wrap items-center gap-x-5 gap-y-3 px-5 py-4">
        <div className="mr-auto min-w-0">
          <h1 className="text-xl font-bold tracking-tight [overflow-wrap:anywhere]">{app.name}</h1>
          <p className="text-sm opacity-95">{app.tagline}</p>
        </div>
        <div className="flex items-center gap-3">
          <div className="flex rounded-card border border-header-ink/25 p-0.5" role="group" aria-label={labels.range}>
            {ranges.map((months) => (
              <button
                key={months}
                className="rounded-[calc(var(--radius)-3px)] px-3 py-1.5 text-sm aria-pressed:bg-header-ink aria-pressed:font-semibold aria-pressed:text-header"
                aria-pressed={months === range}
                aria-label={`${months} ${labels.months}`}
                onClick={() => onRange(months)}
              >
                {months}
                <span className="hidden sm:inline"> {labels.months}</span>
              </button>
            ))}
          </div>
          <button
            className="grid size-9 place-items-center rounded-card border border-header-ink/25 hover:border-header-ink"
            aria-label={dark ? labels.light : labels.dark}
            onClick={toggle}
          >
            <Icon className="size-4.5" aria-hidden />
          </button>
        </div>
      </div>
    </header>
  )
}
