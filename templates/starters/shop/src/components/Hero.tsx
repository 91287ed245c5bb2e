import { content, products } from "../content"
import { Art } from "./Art"

export function Hero() {
  const first = products[0]
  return (
    <section className="mx-auto grid max-w-6xl items-center gap-8 px-5 py-10 md:grid-cols-[5fr_6fr] md:py-14">
      <div>
        <h1 className="font-display text-4xl leading-[1.05] tracking-tight text-balance sm:text-5xl lg:text-6xl">
          {content.hero.headline}
        </h1>
        <p className="mt-5 max-w-[46ch] text-lg leading-relaxed text-muted">{content.hero.description}</p>
        <button
          type="button"
          className="button-main mt-7"
          onClick={() => document.getElementById("catalogue")?.scrollIntoView()}
        >
          {content.hero.cta}
        </button>
      </div>
      {first && <Art seed={`hero-${first.id}-2`} className="aspect-[5/4] w-full rounded-box" />}
    </section>
  )
}
