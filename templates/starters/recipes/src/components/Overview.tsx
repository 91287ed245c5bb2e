import { content, entries, shows, tags } from "../content"
import { searchHash, type Address } from "../lib/address"
import { useKept } from "../lib/keeping"
import { EntryCard } from "./EntryCard"

const SAVED = "saved"

export function Overview({ address }: { address: Address }) {
  const { saved } = useKept()
  const words = address.query.toLowerCase().split(/\s+/).filter(Boolean)
  const found = entries.filter((entry) => {
    const text = `${entry.title} ${entry.description}`.toLowerCase()
    const fits = !address.tag || (address.tag === SAVED ? saved.includes(entry.id) : entry.tags.includes(address.tag))
    return fits && words.every((word) => text.includes(word))
  })
  const first = !address.tag && !address.query && shows("featured") ? found[0] : undefined
  const choices = [{ id: "", name: content.labels.all }, ...tags, { id: SAVED, name: `${content.labels.saved} (${saved.length})` }]

  return (
    <main className="mx-auto w-full max-w-6xl px-5 pb-14">
      <h1 className="sr-only">{content.app.name}</h1>
      {shows("tags") && (
        <nav aria-label="Tags" className="flex gap-6 overflow-x-auto border-b border-line px-1">
          {choices.map(({ id, name }) => (
            <a
              key={id}
              href={searchHash(id, address.query)}
              aria-current={address.tag === id ? "true" : undefined}
              className="flex min-h-13 shrink-0 items-center border-b-4 border-transparent pt-1 whitespace-nowrap hover:border-line aria-[current]:border-accent aria-[current]:font-semibold"
            >
              {name}
            </a>
          ))}
        </nav>
      )}
      <p className="sr-only" aria-live="polite">
        {found.length} found
      </p>
      <div className="mt-6 grid gap-4 md:grid-cols-2">
        {first && (
          <div className="grid md:col-span-2">
            <EntryCard entry={first} large />
          </div>
        )}
        {found
          .filter((entry) => entry !== first)
          .map((entry) => (
            <EntryCard key={entry.id} entry={entry} />
          ))}
      </div>
      {found.length === 0 && (
        <p className="py-20 text-center text-muted">{address.tag === SAVED ? content.labels.empty_saved : content.labels.empty}</p>
      )}
      {shows("about") && (
        <section className="mt-14 grid gap-x-10 gap-y-2 border-t-4 border-accent pt-6 md:grid-cols-[1fr_2fr]">
          <h2 className="text-2xl leading-tight">{content.about.headline}</h2>
          <p className="max-w-[60ch] text-lg leading-relaxed">{content.about.description}</p>
        </section>
      )}
    </main>
  )
}
