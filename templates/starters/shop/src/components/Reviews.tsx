import { content } from "../content"

export function Reviews() {
  return (
    <section className="mx-auto max-w-6xl px-5 py-14">
      <h2 className="font-display text-3xl">{content.reviews.headline}</h2>
      <ul className="mt-7 grid gap-5 md:grid-cols-3">
        {content.reviews.entries.map((review, index) => (
          <li key={index} className="rounded-box border border-line bg-surface p-6">
            <blockquote className="font-display text-lg leading-relaxed">“{review.message}”</blockquote>
            <p className="mt-4 text-sm text-muted">{review.person}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}
