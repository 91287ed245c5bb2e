import type { City, Condition } from "./content"

/** Temperatures are degrees Celsius, chances 0 to 1. */
export interface Hour {
  hour: number
  temperature: number
  chance: number
  condition: Condition
}

export interface Day {
  /** Days from today. */
  offset: number
  low: number
  high: number
  chance: number
  condition: Condition
}

export interface Forecast {
  hours: Hour[]
  days: Day[]
  feels: number
  humidity: number
  wind: number
  sunrise: string
  sunset: string
}

/** Made-up but plausible weather, always the same for the same place and hour of the day. */
export function sampleForecast(city: City, hourNow: number): Forecast {
  const seed = [...city.id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7)
  const wave = (x: number, speed: number): number => Math.sin(x * speed + seed)

  const hours = Array.from({ length: 24 }, (_, index): Hour => {
    const hour = (hourNow + index) % 24
    const warmth = (1 - Math.cos(((hour - 4) / 24) * 2 * Math.PI)) / 2
    const temperature = city.low + (city.high - city.low) * warmth + wave(index, 0.9) * 0.7
    const chance = clamp(city.wet * 0.8 + wave(index, 0.45) * 0.3)
    return { hour, temperature, chance, condition: condition(temperature, chance) }
  })

  const days = Array.from({ length: 7 }, (_, offset): Day => {
    const drift = offset === 0 ? 0 : wave(offset, 1.3) * 3
    const low = city.low + drift
    const high = city.high + drift + wave(offset, 2.1)
    const chance = clamp(city.wet * 0.8 + wave(offset, 1.7) * 0.35)
    return { offset, low, high, chance, condition: condition((low + high) / 2, chance) }
  })

  const now = hours[0]
  return {
    hours,
    days,
    feels: (now?.temperature ?? city.low) - city.wind / 12,
    humidity: Math.round(40 + city.wet * 45),
    wind: city.wind,
    sunrise: `6:${String(10 + (seed % 40))}`,
    sunset: `18:${String(10 + ((seed * 3) % 45))}`,
  }
}

const clamp = (value: number): number => Math.min(0.95, Math.max(0.02, value))

function condition(temperature: number, chance: number): Condition {
  if (chance > 0.5) return temperature < 1 ? "snow" : "rain"
  return chance > 0.28 ? "cloudy" : "clear"
}
