import { content } from "../content"

const today = new Date()

export function Header() {
  return (
    <header className="bg-header pt-8 pb-20 text-header-ink sm:pt-12 sm:pb-24">
      <div className="mx-auto flex max-w-5xl flex-wrap items-end justify-between gap-x-10 gap-y-4 px-5">
        <div className="min-w-0">
          <h1 className="font-serif text-4xl leading-tight font-semibold tracking-tight text-balance [overflow-wrap:anywhere] sm:text-5xl">
            {content.app.name}
          </h1>
          <p className="mt-2 max-w-prose text-pretty opacity-95">{content.app.tagline}</p>
        </div>
        <p className="flex items-baseline gap-3 font-serif">
          <span className="text-5xl leading-none tabular-nums sm:text-6xl">{today.getDate()}</span>
          <span className="text-lg leading-tight opacity-95">
            {today.toLocaleDateString("en", { weekday: "long" })}
            <br />
            {today.toLocaleDateString("en", { month: "long" })}
          </span>
        </p>
      </div>
    </header>
  )
}
