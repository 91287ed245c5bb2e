import { useEffect, useState } from "react"
import { cities, content, slug } from "./content"

export type Unit = "celsius" | "fahrenheit"

interface Settings {
  city: string
  unit: Unit
}

const KEY = `${slug}:settings`

function load(): Settings {
  const settings: Settings = {
    city: cities[0]?.id ?? "",
    unit: content.unit === "fahrenheit" ? "fahrenheit" : "celsius",
  }
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings>
    if (cities.some((city) => city.id === stored.city)) settings.city = stored.city ?? settings.city
    if (stored.unit === "celsius" || stored.unit === "fahrenheit") settings.unit = stored.unit
  } catch {
    // Broken or refused storage: start with the first place.
  }
  return settings
}

export function useSettings(): [Settings, (change: Partial<Settings>) => void] {
  const [settings, setSettings] = useState(load)
  useEffect(() => {
    try {
      localStorage.setItem(KEY, JSON.stringify(settings))
    } catch {
      // Storage may be refused in private windows; the choice then lasts until the page closes.
    }
  }, [settings])
  return [settings, (change) => setSettings((old) => ({ ...old, ...change }))]
}

/** A temperature in the person's unit, such as "-3°". */
export function degrees(celsius: number, unit: Unit): string {
  const value = Math.round(unit === "fahrenheit" ? celsius * 1.8 + 32 : celsius)
  return `${value === 0 ? 0 : value}°`.replace("-", "−")
}
