import raw from "./content.json"

export interface Seed {
  title: string
  body: string
  tags: string[]
  pinned: boolean
  days_ago: number
}

export interface Content {
  app: { name: string; tagline: string }
  sections: string[]
  tags: { id: string; name: string }[]
  notes: Seed[]
  labels: typeof raw.labels
}

export const content: Content = raw
