import raw from "./content.json"

export interface Message {
  id: string
  from: "me" | "them"
  text: string
  /** Milliseconds since 1970. */
  at: number
  /** A canned reply, and marked as one. */
  sample?: boolean
}

export interface Conversation {
  id: string
  person: string
  about: string
  unread: number
  messages: Message[]
}

export const content = raw
export const shows = (section: string): boolean => raw.sections.includes(section)

const opened = Date.now()

export const seeds: Conversation[] = raw.conversations.map((conversation) => ({
  ...conversation,
  messages: conversation.messages.map((message, index) => ({
    id: `${conversation.id}-${index}`,
    from: message.from === "me" ? "me" : "them",
    text: message.text,
    at: opened - message.minutes_ago * 60_000,
  })),
}))

/** The app's name as a storage key. */
export const slug = raw.app.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "chat"

const clock = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
const day = new Intl.DateTimeFormat("en", { weekday: "long", day: "numeric", month: "long" })

export const time = (at: number): string => clock.format(at)

export function dayName(at: number): string {
  const midnight = new Date().setHours(0, 0, 0, 0)
  if (at >= midnight) return raw.labels.today
  return at >= midnight - 86_400_000 ? raw.labels.yesterday : day.format(at)
}
