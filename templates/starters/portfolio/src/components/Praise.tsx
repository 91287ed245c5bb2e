import { content } from "../content"

export function Praise() {
  return (
    <section id="praise" className="section-pad">
      <h2 className="text-2xl">{content.praise.headline}</h2>
      <ul className="mt-6 grid gap-8 md:grid-cols-2">
        {content.praise.entries.map((entry, index) => (
          <li key={index}>
            <blockquote className="text-xl leading-snug tracking-[-0.01em]">“{entry.message}”</blockquote>
            <p className="mt-3 text-sm text-muted">{entry.person}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}
