import { useEffect, useRef } from "react"
import { content } from "../content"
import { isRight, type Round } from "../useQuiz"
import { Option } from "./Option"

const { labels } = content

interface Props {
  round: Round
  onPick: (option: number) => void
  onNext: () => void
}

export function QuestionScreen({ round, onPick, onNext }: Props) {
  const heading = useRef<HTMLHeadingElement>(null)
  const next = useRef<HTMLButtonElement>(null)
  const question = round.questions[round.at]
  const pick = round.picks[round.at]
  const answered = pick !== undefined
  const count = question?.options.length ?? 0

  useEffect(() => heading.current?.focus(), [round.at])
  useEffect(() => {
    if (answered) next.current?.focus()
  }, [answered])

  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const option = Number(event.key) - 1
      if (!event.metaKey && !event.ctrlKey && option >= 0 && option < count) onPick(option)
    }
    window.addEventListener("keydown", onKey)
    return () => window.removeEventListener("keydown", onKey)
  }, [count, onPick])

  if (!question) return null
  const right = isRight(round, round.at)

  return (
    <main key={round.at} className="enter mx-auto w-full max-w-5xl flex-1 px-5 pt-6 pb-12 sm:pt-12">
      <p className="font-semibold text-muted tabular-nums">
        {labels.question} {round.at + 1} {labels.of} {round.questions.length}
      </p>
      <h1
        ref={heading}
        tabIndex={-1}
        className="mt-3 max-w-[24ch] text-3xl leading-tight font-extrabold tracking-tight text-balance outline-none sm:text-5xl"
      >
        {question.question}
      </h1>
      <ol className="mt-8 grid gap-3 sm:mt-10 sm:grid-cols-2">
        {question.options.map((option, index) => (
          <Option
            key={index}
            place={index}
            text={option}
            state={!answered ? "open" : index === question.answer ? "right" : index === pick ? "wrong" : "passed"}
            onPick={() => onPick(index)}
          />
        ))}
      </ol>
      <div className="mt-8 min-h-32" aria-live="polite">
        {answered ? (
          <div className="flex flex-wrap items-center justify-between gap-x-10 gap-y-5">
            <p className="max-w-[52ch] text-lg text-pretty">
              <strong>{right ? labels.right : labels.wrong}</strong>{" "}
              {!right && `${labels.right_answer}: ${question.options[question.answer] ?? ""}. `}
              {question.explanation}
            </p>
            <button ref={next} className="press" onClick={onNext}>
              {round.at + 1 < round.questions.length ? labels.next : labels.finish}
            </button>
          </div>
        ) : (
          <p className="hidden text-muted sm:block">{labels.hint}</p>
        )}
      </div>
    </main>
  )
}
