// The server beside this page, asked with relative addresses.
export interface Option {
  id: number
  text: string
  votes: number
}

export interface Poll {
  id: number
  question: string
  options: Option[]
  votes: number
  mine: number | null
}

export class Refused extends Error {}

function voter(): string {
  const random = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("")
  const kept = localStorage.getItem("polls.voter") ?? random()
  localStorage.setItem("polls.voter", kept)
  return kept
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(path, {
    method,
    headers: { "X-Voter": voter(), ...(body !== undefined && { "Content-Type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const found: unknown = answer.status === 204 ? null : await answer.json().catch(() => null)
  if (!answer.ok) throw new Refused((found as { error?: string } | null)?.error ?? "The server does not answer yet.")
  return found as T
}

export const polls = () => ask<Poll[]>("GET", "/api/polls")
export const add = (question: string, options: string[]) => ask<Poll>("POST", "/api/polls", { question, options })
export const vote = (poll: number, option: number) => ask<Poll>("PUT", `/api/polls/${poll}/vote`, { option })
export const close = (poll: number) => ask<null>("DELETE", `/api/polls/${poll}`)
