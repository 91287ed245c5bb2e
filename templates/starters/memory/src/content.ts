import raw from "./content.json"

export interface Pair {
  name: string
  fact?: string
}

export interface Content {
  app: { name: string; tagline: string }
  sections: string[]
  pairs: Pair[]
  /** Board sizes; one with more pairs than there are is played with what there is. */
  sizes: { name: string; pairs: number }[]
  labels: typeof raw.labels
}

export const content: Content = raw
