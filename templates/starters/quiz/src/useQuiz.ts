import { useReducer } from "react"
import { content, type Question } from "./content"

export interface Round {
  questions: Question[]
  /** The picked option of each question answered so far. */
  picks: number[]
  /** The question on the screen. */
  at: number
  stage: "intro" | "question" | "result"
}

type Action = { type: "start"; questions: Question[] } | { type: "pick"; option: number } | { type: "next" } | { type: "quit" }

const idle: Round = { questions: content.questions, picks: [], at: 0, stage: "intro" }

export function useQuiz() {
  const [round, send] = useReducer(step, idle)
  return { round, send }
}

function step(round: Round, action: Action): Round {
  switch (action.type) {
    case "start":
      return {
        questions: content.shuffle ? shuffled(action.questions) : action.questions,
        picks: [],
        at: 0,
        stage: "question",
      }
    case "pick":
      // The first answer counts.
      if (round.picks.length > round.at) return round
      return { ...round, picks: [...round.picks, action.option] }
    case "next":
      if (round.picks.length <= round.at) return round
      return round.at + 1 < round.questions.length ? { ...round, at: round.at + 1 } : { ...round, stage: "result" }
    case "quit":
      return idle
  }
}

export function isRight(round: Round, index: number) {
  return round.picks[index] === round.questions[index]?.answer
}

export function score(round: Round) {
  return round.picks.filter((_, index) => isRight(round, index)).length
}

function shuffled<T>(list: T[]) {
  return list
    .map((entry) => ({ entry, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ entry }) => entry)
}
