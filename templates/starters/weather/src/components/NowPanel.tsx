import { conditions, content, type City } from "../content"
import type { Forecast } from "../forecast"
import { degrees, type Unit } from "../settings"
import { PlaceSearch } from "./PlaceSearch"
import { Sky } from "./Sky"

interface Props {
  city: City
  forecast: Forecast
  unit: Unit
  onCity: (city: City) => void
  onUnit: (unit: Unit) => void
}

export function NowPanel({ city, forecast, unit, onCity, onUnit }: Props) {
  const now = forecast.hours[0]
  const today = forecast.days[0]
  if (!now || !today) return null
  return (
    <header className="relative bg-header text-header-ink">
      <Horizon />
      <div className="relative mx-auto max-w-5xl px-5 pt-6 pb-24 sm:px-8">
        <div className="relative z-20 flex flex-wrap items-center justify-between gap-4">
          <p>
            <span className="block text-lg leading-tight font-semibold break-words">{content.app.name}</span>
            <span className="text-sm">{content.app.tagline}</span>
            <span className="ml-2 rounded-full border border-current/50 px-2 py-0.5 text-xs whitespace-nowrap">{content.labels.sample}</span>
          </p>
          <div className="flex w-full items-center gap-3 sm:w-auto">
            <PlaceSearch onChoose={onCity} />
            <div role="group" aria-label="Unit" className="flex shrink-0 rounded-full border border-header-ink/40 p-1">
              {(["celsius", "fahrenheit"] as const).map((one) => (
                <button
                  key={one}
                  type="button"
                  aria-pressed={unit === one}
                  aria-label={one === "celsius" ? "°C, Celsius" : "°F, Fahrenheit"}
                  onClick={() => onUnit(one)}
                  className="size-9 rounded-full text-sm aria-pressed:bg-header-ink aria-pressed:text-header"
                >
                  {one === "celsius" ? "°C" : "°F"}
                </button>
              ))}
            </div>
          </div>
        </div>
        <div className="mt-10 flex flex-wrap items-end justify-between gap-x-10 gap-y-4" aria-live="polite">
          <div>
            <h1 className="text-2xl break-words">
              {city.name} <span className="text-base">{city.region}</span>
            </h1>
            <p className="-ml-1 text-[clamp(6rem,18vw,10rem)] leading-[0.95] font-extralight tracking-[-0.05em] tabular-nums">
              {degrees(now.temperature, unit)}
            </p>
          </div>
          <div className="pb-3 sm:text-right">
            <p className="flex items-center gap-3 text-2xl sm:justify-end">
              <Sky condition={now.condition} className="size-10" />
              {conditions[now.condition].name}
            </p>
            <p className="mt-1 max-w-[36ch]">{conditions[now.condition].advice}</p>
            <p className="mt-1 tabular-nums">
              {content.labels.feels} {degrees(forecast.feels, unit)} · {degrees(today.low, unit)} – {degrees(today.high, unit)}
            </p>
          </div>
        </div>
      </div>
    </header>
  )
}

/** Layered hills at the foot of the sky. */
function Horizon() {
  return (
    <svg viewBox="0 0 1200 160" preserveAspectRatio="none" className="absolute inset-x-0 bottom-0 h-32 w-full" aria-hidden="true">
      <path d="M0 90C180 20 330 60 480 84S820 10 960 40s180 50 240 20V160H0Z" fill="currentColor" opacity=".07" />
      <path d="M0 120C140 70 300 130 470 108S760 60 900 92s210 30 300 2V160H0Z" fill="currentColor" opacity=".09" />
    </svg>
  )
}
