import { content } from "./content"

const slug = content.app.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-") || "quiz"
const key = `${slug}:best`

/** The best score so far in right answers, or null. */
export function readBest() {
  try {
    const best = Number(localStorage.getItem(key) ?? "none")
    return Number.isInteger(best) && best >= 0 && best <= content.questions.length ? best : null
  } catch {
    return null
  }
}

export function keepBest(score: number) {
  try {
    if (score > (readBest() ?? -1)) localStorage.setItem(key, String(score))
  } catch {
    // Storage is blocked: the game goes on without a best score.
  }
}
