import raw from "./content.json"

export interface City {
  id: string
  name: string
  region: string
  /** Typical night and day temperatures, degrees Celsius. */
  low: number
  high: number
  /** How often it rains, 0 to 1. */
  wet: number
  /** km/h */
  wind: number
}

export type Condition = "clear" | "cloudy" | "rain" | "snow"

export const content = raw
export const cities: City[] = raw.cities
export const conditions: Record<Condition, { name: string; advice: string }> = raw.conditions

/** The app's name as a storage key. */
export const slug = raw.app.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "weather"
