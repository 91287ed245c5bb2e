import { content } from "../content"
import { replaceSearch, type Address } from "../lib/address"

export function Masthead({ address }: { address: Address }) {
  return (
    <header className="bg-header text-header-ink">
      <div className="mx-auto flex max-w-6xl flex-wrap items-end justify-between gap-x-10 gap-y-4 px-5 pt-7 pb-6">
        <a href="#/" className="min-w-0">
          <span className="block font-slab text-4xl leading-none font-bold tracking-[-0.04em] break-words sm:text-5xl">{content.app.name}</span>
          <span className="mt-2 block">{content.app.tagline}</span>
        </a>
        <search className="w-full sm:w-80">
          <label>
            <span className="sr-only">{content.labels.search}</span>
            <input
              type="search"
              placeholder={content.labels.search}
              value={address.query}
              onChange={(event) => replaceSearch(address.tag, event.target.value)}
              className="min-h-12 w-full rounded-box border-2 border-header-ink bg-surface px-4 text-ink placeholder:text-muted"
            />
          </label>
        </search>
      </div>
    </header>
  )
}
