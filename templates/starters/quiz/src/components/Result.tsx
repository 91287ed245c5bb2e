import { useEffect, useRef } from "react"
import { content, type Question } from "../content"
import { isRight, score, type Round } from "../useQuiz"

const { labels, sections, verdicts } = content
const ARC = Math.PI * 90

interface Props {
  round: Round
  onStart: (questions: Question[]) => void
}

export function Result({ round, onStart }: Props) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])

  const points = score(round)
  const share = points / Math.max(1, round.questions.length)
  const verdict = verdicts.findLast(({ from }) => share >= from)
  const missed = round.questions.filter((_, index) => !isRight(round, index))

  return (
    <main className="enter mx-auto w-full max-w-5xl flex-1 px-5 pt-6 pb-16">
      <div className="grid items-center gap-x-14 gap-y-8 md:grid-cols-2">
        <figure className="relative mx-auto w-full max-w-sm">
          <svg viewBox="0 0 220 125" className="block w-full" fill="none" strokeLinecap="round" aria-hidden>
            <path d="M20 110 A 90 90 0 0 1 200 110" stroke="var(--line)" strokeWidth={26} />
            <path d="M20 110 A 90 90 0 0 1 200 110" stroke="var(--surface)" strokeWidth={22} />
            {points > 0 && (
              <path
                d="M20 110 A 90 90 0 0 1 200 110"
                stroke="var(--accent)"
                strokeWidth={22}
                strokeDasharray={`${ARC * share} ${ARC * 2}`}
              />
            )}
          </svg>
          <figcaption className="absolute inset-x-0 bottom-0 text-center text-6xl font-extrabold tabular-nums">
            {points}
            <span className="text-3xl font-bold text-muted"> / {round.questions.length}</span>
          </figcaption>
        </figure>
        <div>
          <h1 ref={heading} tabIndex={-1} className="text-4xl font-extrabold tracking-tight outline-none sm:text-6xl">
            {verdict?.title ?? labels.score}
          </h1>
          <p className="mt-3 text-xl text-pretty">{verdict?.text}</p>
          <div className="mt-7 flex flex-wrap items-center gap-x-6 gap-y-4">
            <button className="press" onClick={() => onStart(content.questions)}>
              {labels.again}
            </button>
            {missed.length > 0 && (
              <button className="py-2 font-semibold underline decoration-2 underline-offset-4" onClick={() => onStart(missed)}>
                {labels.mistakes}
              </button>
            )}
          </div>
        </div>
      </div>
      {sections.includes("review") && <Review round={round} />}
    </main>
  )
}

function Review({ round }: { round: Round }) {
  return (
    <section className="mt-14" aria-labelledby="review-title">
      <h2 id="review-title" className="text-2xl font-extrabold">
        {labels.review}
      </h2>
      <ol className="mt-4 border-t-2 border-line">
        {round.questions.map((question, index) => {
          const right = isRight(round, index)
          const picked = question.options[round.picks[index] ?? -1]
          return (
            <li key={index} className="grid grid-cols-[2.25rem_minmax(0,1fr)] gap-4 border-b-2 border-line py-4">
              <span
                className={`grid size-9 place-items-center rounded-full border-2 border-line font-extrabold text-mark-ink ${right ? "bg-right" : "bg-wrong"}`}
                aria-hidden
              >
                {right ? "✓" : "✗"}
              </span>
              <div>
                <p className="font-semibold">{question.question}</p>
                <p className="mt-1 text-muted">
                  {!right && (
                    <>
                      {labels.your_answer}: <s>{picked}</s>
                      <br />
                    </>
                  )}
                  {labels.right_answer}: <strong className="text-ink">{question.options[question.answer]}</strong>
                </p>
              </div>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
