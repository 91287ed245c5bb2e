import { content } from "../content"

export function Story() {
  const { headline, description, facts } = content.story
  return (
    <section className="mt-8 bg-accent text-accent-ink">
      <div className="mx-auto grid max-w-6xl gap-8 px-5 py-14 md:grid-cols-[2fr_3fr]">
        <h2 className="font-display text-3xl text-balance sm:text-4xl">{headline}</h2>
        <div>
          <p className="max-w-[56ch] text-lg leading-relaxed">{description}</p>
          <dl className="mt-8 flex flex-wrap gap-x-12 gap-y-5">
            {facts.map((fact) => (
              <div key={fact.label} className="flex flex-col-reverse">
                <dt className="text-sm">{fact.label}</dt>
                <dd className="font-display text-2xl">{fact.value}</dd>
              </div>
            ))}
          </dl>
        </div>
      </div>
    </section>
  )
}
