import raw from "./content.json"

export interface Question {
  question: string
  options: string[]
  /** Index of the right option. */
  answer: number
  explanation?: string
}

export interface Content {
  app: { name: string; tagline: string }
  sections: string[]
  shuffle: boolean
  questions: Question[]
  /** `from`: the share of right answers (0 to 1) from which this is said. */
  verdicts: { from: number; title: string; text: string }[]
  labels: typeof raw.labels
}

export const content: Content = raw
