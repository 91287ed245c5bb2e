import { content } from "../content"
import { Landscape } from "./Landscape"

const { app, hero, sections } = content

/** The second link leads to the first section below that explains. */
const next = ["steps", "features", "pricing", "faq"].find((id) => sections.includes(id))

export function Hero() {
  return (
    <section className="relative overflow-hidden">
      <div className="relative mx-auto max-w-6xl px-5 pt-14 pb-10 sm:pt-20">
        <p className="mb-5 text-sm font-medium text-accent-text">{app.tagline}</p>
        <h1 className="max-w-[17ch] text-5xl font-semibold [overflow-wrap:anywhere] sm:text-6xl lg:text-7xl">
          {hero.headline}
        </h1>
        <div className="mt-8 flex flex-wrap items-end justify-between gap-x-12 gap-y-7">
          <p className="max-w-[46ch] text-lg text-pretty text-muted">{hero.text}</p>
          <div className="flex flex-wrap items-center gap-x-7 gap-y-3">
            {sections.includes("contact") && (
              <a
                href="#contact"
                className="rounded-card bg-accent px-6 py-3.5 font-semibold text-accent-ink hover:brightness-95"
              >
                {hero.cta}
              </a>
            )}
            {next && (
              <a href={`#${next}`} className="py-2 font-medium underline decoration-line decoration-2 underline-offset-8 hover:decoration-accent">
                {hero.second_cta}
              </a>
            )}
          </div>
        </div>
      </div>
      <Landscape />
    </section>
  )
}
