import { content } from "../content"
import { isRight, score, type Round } from "../useQuiz"

const { app, labels, sections } = content

interface Props {
  round: Round
  onQuit: () => void
}

export function TopBar({ round, onQuit }: Props) {
  const playing = round.stage === "question"
  return (
    <header className="bg-header text-header-ink [&_:focus-visible]:outline-header-ink">
      <div className="mx-auto flex min-h-16 max-w-5xl items-center gap-5 px-5 py-3">
        <p className="mr-auto min-w-0 font-extrabold [overflow-wrap:anywhere]">{app.name}</p>
        {playing && sections.includes("score") && (
          <p className="tabular-nums">
            {labels.score} <strong>{score(round)}</strong>
          </p>
        )}
        {playing && (
          <button className="py-2 underline decoration-2 underline-offset-4" onClick={onQuit}>
            {labels.quit}
          </button>
        )}
      </div>
      {playing && sections.includes("progress") && (
        <ol className="mx-auto flex max-w-5xl gap-1.5 px-5 pb-3" aria-hidden>
          {round.questions.map((question, index) => (
            <li
              key={question.question}
              className={`h-3 flex-1 rounded-full border-2 border-header-ink ${
                index < round.picks.length ? (isRight(round, index) ? "bg-right" : "bg-wrong") : ""
              } ${index === round.at ? "" : index < round.at ? "" : "opacity-45"}`}
            />
          ))}
        </ol>
      )}
    </header>
  )
}
