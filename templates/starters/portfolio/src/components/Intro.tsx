import { content } from "../content"

export function Intro() {
  return (
    <section id="intro" className="flex flex-col justify-end px-5 pt-14 pb-14 sm:px-10 lg:min-h-[62vh] lg:px-14">
      <h1 className="max-w-[20ch] text-[clamp(2.25rem,5vw,4.25rem)] leading-[1.02]">{content.intro.headline}</h1>
      <div className="mt-7 flex flex-wrap items-end justify-between gap-6">
        <p className="max-w-[48ch] text-lg text-muted">{content.intro.description}</p>
        <a href="#projects" className="inline-flex min-h-11 items-center border-b-2 border-accent font-medium hover:bg-accent hover:px-3 hover:text-accent-ink">
          {content.intro.cta} ↓
        </a>
      </div>
    </section>
  )
}
