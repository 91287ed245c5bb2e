import { useMemo, type ReactElement } from "react"
import { Details } from "./components/Details"
import { HourlyChart } from "./components/HourlyChart"
import { NowPanel } from "./components/NowPanel"
import { WeekPanel } from "./components/WeekPanel"
import { cities, content } from "./content"
import { sampleForecast } from "./forecast"
import { useSettings } from "./settings"

export function App() {
  const [settings, change] = useSettings()
  const city = cities.find((one) => one.id === settings.city) ?? cities[0]
  const hour = new Date().getHours()
  const forecast = useMemo(() => (city ? sampleForecast(city, hour) : null), [city, hour])
  if (!city || !forecast) return <p className="p-8 text-center text-muted">{content.labels.no_match}</p>

  const sections: Record<string, ReactElement> = {
    hourly: <HourlyChart hours={forecast.hours} unit={settings.unit} />,
    daily: <WeekPanel days={forecast.days} unit={settings.unit} />,
    details: <Details forecast={forecast} />,
    notice: <p className="text-sm text-muted">{content.labels.notice}</p>,
  }
  const half = (name: string): boolean => name === "daily" || name === "details"

  return (
    <>
      <NowPanel
        city={city}
        forecast={forecast}
        unit={settings.unit}
        onCity={(next) => change({ city: next.id })}
        onUnit={(unit) => change({ unit })}
      />
      <main className="relative z-10 mx-auto -mt-14 grid max-w-5xl gap-5 px-4 pb-12 sm:px-8 lg:grid-cols-2">
        {content.sections.map((name) => (
          <div key={name} className={`grid min-w-0 *:min-w-0 ${half(name) ? "" : "lg:col-span-2"}`}>
            {sections[name]}
          </div>
        ))}
      </main>
    </>
  )
}
