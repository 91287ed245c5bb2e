import { useEffect, useRef } from "react"
import { content, sheetOf, tagName, type Entry } from "../content"
import { searchHash } from "../lib/address"
import { OwnLines } from "./OwnLines"
import { Parts } from "./Parts"
import { Rosette } from "./Rosette"
import { SaveButton } from "./SaveButton"
import { Steps } from "./Steps"

export function EntryPage({ entry }: { entry: Entry }) {
  const heading = useRef<HTMLHeadingElement>(null)
  const sheet = sheetOf(entry)

  useEffect(() => {
    window.scrollTo(0, 0)
    heading.current?.focus({ preventScroll: true })
  }, [])

  return (
    <main className="mx-auto w-full max-w-6xl px-5 pt-3 pb-14">
      <a href="#/" className="inline-flex min-h-11 items-center text-muted underline-offset-4 hover:underline">
        ← {content.labels.back}
      </a>
      <div className="mt-3 flex flex-col items-start gap-6 border-b border-line pb-9 sm:flex-row sm:items-center sm:gap-10">
        <Rosette seed={entry.id} className="size-36 shrink-0 sm:size-56" />
        <div className="min-w-0">
          <h1 ref={heading} tabIndex={-1} className="text-4xl leading-[1.05] break-words outline-none sm:text-5xl">
            {entry.title}
          </h1>
          <p className="mt-4 max-w-[56ch] text-lg leading-relaxed">{entry.description}</p>
          <div className="mt-2 flex flex-wrap items-center gap-x-5">
            {entry.tags.map((id) => (
              <a key={id} href={searchHash(id, "")} className="inline-flex min-h-11 items-center underline decoration-line decoration-2 underline-offset-4 hover:decoration-accent">
                {tagName(id)}
              </a>
            ))}
            <SaveButton entry={entry} />
          </div>
        </div>
      </div>
      <div className="mt-9 grid gap-12 md:grid-cols-2">
        {sheet ? <Parts sheet={sheet} /> : <OwnLines entry={entry} />}
        {sheet && sheet.steps.length > 0 && <Steps steps={sheet.steps} />}
      </div>
    </main>
  )
}
