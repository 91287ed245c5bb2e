import { useEffect, useRef, useState } from "react"
import { content, seeds, slug, type Conversation, type Message } from "./content"

/** What was written here, by conversation; the seed messages come from the content. */
interface Written {
  messages: Record<string, Message[]>
  read: string[]
}

const KEY = `${slug}:chat`

function load(): Written {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Written>
    const messages: Record<string, Message[]> = {}
    for (const [id, list] of Object.entries(stored.messages ?? {})) {
      if (Array.isArray(list)) messages[id] = list.filter((one) => typeof one?.text === "string" && Number.isFinite(one.at))
    }
    return { messages, read: Array.isArray(stored.read) ? stored.read : [] }
  } catch {
    return { messages: {}, read: [] } // Broken storage: only the seed messages are left.
  }
}

export interface Chat {
  conversations: Conversation[]
  /** Ids of conversations in which the other side is writing. */
  typing: string[]
  send: (id: string, text: string) => void
  markRead: (id: string) => void
  clear: (id: string) => void
}

export function useChat(): Chat {
  const [written, setWritten] = useState(load)
  const [typing, setTyping] = useState<string[]>([])
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>())
  const count = useRef(0)

  useEffect(() => {
    try {
      localStorage.setItem(KEY, JSON.stringify(written))
    } catch {
      // Storage may be refused in private windows; messages then last until the page closes.
    }
  }, [written])

  useEffect(() => {
    const pending = timers.current
    return () => pending.forEach((timer) => clearTimeout(timer))
  }, [])

  const append = (id: string, message: Omit<Message, "id" | "at">): void => {
    const at = Date.now()
    count.current += 1
    const next: Message = { ...message, at, id: `${at}-${count.current}` }
    setWritten((old) => ({ ...old, messages: { ...old.messages, [id]: [...(old.messages[id] ?? []), next] } }))
  }

  const quiet = (id: string): void => {
    clearTimeout(timers.current.get(id))
    timers.current.delete(id)
    setTyping((old) => old.filter((one) => one !== id))
  }

  const answer = (id: string, text: string): void => {
    const replies = content.replies
    if (replies.length === 0) return
    quiet(id)
    setTyping((old) => [...old, id])
    const reply = replies[(text.length + count.current) % replies.length] ?? ""
    const timer = setTimeout(() => {
      quiet(id)
      append(id, { from: "them", text: reply, sample: true })
    }, 900 + (text.length % 5) * 150)
    timers.current.set(id, timer)
  }

  return {
    conversations: seeds
      .map((seed) => ({
        ...seed,
        unread: written.read.includes(seed.id) ? 0 : seed.unread,
        messages: [...seed.messages, ...(written.messages[seed.id] ?? [])],
      }))
      .sort((a, b) => (b.messages.at(-1)?.at ?? 0) - (a.messages.at(-1)?.at ?? 0)),
    typing,
    send: (id, text) => {
      append(id, { from: "me", text })
      answer(id, text)
    },
    markRead: (id) => setWritten((old) => (old.read.includes(id) ? old : { ...old, read: [...old.read, id] })),
    clear: (id) => {
      quiet(id)
      setWritten((old) => ({ ...old, messages: { ...old.messages, [id]: [] } }))
    },
  }
}
