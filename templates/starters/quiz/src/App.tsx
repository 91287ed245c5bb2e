import { useCallback } from "react"
import { keepBest } from "./best"
import { Intro } from "./components/Intro"
import { QuestionScreen } from "./components/QuestionScreen"
import { Result } from "./components/Result"
import { TopBar } from "./components/TopBar"
import { content, type Question } from "./content"
import { score, useQuiz } from "./useQuiz"

export default function App() {
  const { round, send } = useQuiz()
  const start = (questions: Question[]) => send({ type: "start", questions })
  const pick = useCallback((option: number) => send({ type: "pick", option }), [send])

  function next() {
    const last = round.at + 1 === round.questions.length
    // A round of missed questions is practice and sets no record.
    if (last && round.questions.length === content.questions.length) keepBest(score(round))
    send({ type: "next" })
  }

  return (
    <div className="flex min-h-dvh flex-col overflow-x-clip">
      <TopBar round={round} onQuit={() => send({ type: "quit" })} />
      {round.stage === "intro" && <Intro onStart={start} />}
      {round.stage === "question" && <QuestionScreen round={round} onPick={pick} onNext={next} />}
      {round.stage === "result" && <Result round={round} onStart={start} />}
    </div>
  )
}
