import { content, type Question } from "../content"
import { readBest } from "../best"
import { Shapes } from "./Shapes"

const { app, labels, questions } = content

export function Intro({ onStart }: { onStart: (questions: Question[]) => void }) {
  const best = readBest()
  return (
    <main className="relative isolate mx-auto flex w-full max-w-5xl flex-1 flex-col overflow-hidden px-5 pt-8 pb-72 sm:pt-16">
      <Shapes />
      <h1 className="max-w-[12ch] text-6xl leading-[0.95] font-extrabold tracking-tight text-balance [overflow-wrap:anywhere] sm:text-8xl">
        {app.name}
      </h1>
      <p className="mt-6 max-w-[32ch] text-xl text-pretty sm:text-2xl">{app.tagline}</p>
      {questions.length > 0 ? (
        <div className="mt-9 flex flex-wrap items-center gap-x-7 gap-y-4">
          <button className="press text-lg" autoFocus onClick={() => onStart(questions)}>
            {labels.start}
          </button>
          <p className="text-muted tabular-nums">
            {questions.length} {labels.questions}
            {best !== null && (
              <>
                <br />
                {labels.best}: {best}/{questions.length}
              </>
            )}
          </p>
        </div>
      ) : (
        <p className="mt-9 text-lg text-muted">{labels.empty}</p>
      )}
    </main>
  )
}
