import { content } from "../content"

export function About() {
  const { headline, description, facts } = content.about
  return (
    <section id="about" className="section-pad grid gap-x-12 gap-y-6 xl:grid-cols-[1fr_2fr]">
      <h2 className="text-2xl">{headline}</h2>
      <div>
        <p className="max-w-[40ch] text-[clamp(1.25rem,2vw,1.6rem)] leading-snug tracking-[-0.01em]">{description}</p>
        <dl className="mt-9 grid grid-cols-2 gap-x-6 gap-y-5 md:grid-cols-3">
          {facts.map((fact, index) => (
            <div key={index} className="border-t-2 border-accent pt-2">
              <dt className="text-sm text-muted">{fact.label}</dt>
              <dd className="font-medium break-words">{fact.value}</dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  )
}
