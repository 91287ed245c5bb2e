import raw from "./content.json"

export interface Entry {
  title: string
  text: string
}

export interface Plan {
  name: string
  price: string
  unit: string
  text: string
  cta: string
  features: string[]
}

export interface Content {
  app: { name: string; tagline: string }
  sections: string[]
  hero: { headline: string; text: string; cta: string; second_cta: string }
  stats: { value: string; label: string }[]
  features: { title: string; items: Entry[] }
  steps: { title: string; items: Entry[] }
  testimonials: { title: string; items: { text: string; name: string; role: string }[] }
  pricing: { title: string; text: string; highlight: number; plans: Plan[] }
  faq: { title: string; items: { question: string; answer: string }[] }
  contact: {
    title: string
    text: string
    email: string
    phone: string
    cta: string
    success_title: string
    success_text: string
  }
  labels: Record<
    | "menu"
    | "name"
    | "email"
    | "message"
    | "name_error"
    | "email_error"
    | "message_error"
    | "another"
    | "popular"
    | "interest",
    string
  >
}

export const content: Content = raw

/** Puts values into the `{name}` places of a text. */
export function fill(text: string, values: Record<string, string>) {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place)
}
