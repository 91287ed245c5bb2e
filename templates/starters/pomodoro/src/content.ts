import raw from "./content.json"

export interface Settings {
  /** Minutes. */
  focus: number
  short: number
  long: number
  /** Focus rounds until the long break. */
  rounds: number
  sound: boolean
  auto: boolean
}

export interface Seed {
  title: string
  planned: number
  spent: number
}

export interface Content {
  app: { name: string; tagline: string }
  sections: string[]
  settings: Settings
  tasks: Seed[]
  labels: typeof raw.labels
}

export const content: Content = raw
