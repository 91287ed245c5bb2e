import { content, tagName, type Entry } from "../content"
import { Rosette } from "./Rosette"
import { SaveButton } from "./SaveButton"

/** A large entry across the page, or a small one in the grid. */
export function EntryCard({ entry, large = false }: { entry: Entry; large?: boolean }) {
  return (
    <article
      className={`relative flex gap-5 rounded-box border border-line bg-surface p-5 hover:border-accent ${
        large ? "flex-col items-start sm:flex-row sm:items-center sm:gap-9 sm:p-8" : ""
      }`}
    >
      <Rosette seed={entry.id} className={large ? "size-32 shrink-0 sm:size-52" : "size-20 shrink-0 sm:size-24"} />
      <div className="flex min-w-0 flex-1 flex-col self-stretch">
        {large && <p className="text-sm font-semibold text-muted">{content.labels.featured}</p>}
        <h2 className={`leading-tight break-words ${large ? "mt-1 text-3xl sm:text-4xl" : "text-xl"}`}>
          {/* The whole card is the link; the button below stays above it. */}
          <a href={`#/${entry.id}`} className="after:absolute after:inset-0 after:rounded-box">
            {entry.title}
          </a>
        </h2>
        <p className={`mt-2 leading-relaxed text-muted ${large ? "max-w-[52ch]" : "line-clamp-2 text-base"}`}>{entry.description}</p>
        <div className="mt-auto flex flex-wrap items-center justify-between gap-x-3 pt-2">
          <p className="text-sm">{entry.tags.map(tagName).filter(Boolean).join(", ")}</p>
          <div className="relative">
            <SaveButton entry={entry} />
          </div>
        </div>
      </div>
    </article>
  )
}
