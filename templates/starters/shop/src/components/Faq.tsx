import { content } from "../content"

export function Faq() {
  return (
    <section className="mx-auto max-w-3xl px-5 py-14">
      <h2 className="font-display text-3xl">{content.faq.headline}</h2>
      <div className="mt-5 divide-y divide-line border-y border-line">
        {content.faq.entries.map((entry, index) => (
          <details key={index} className="group">
            <summary className="flex min-h-14 list-none items-center justify-between gap-4 py-3 text-lg [&::-webkit-details-marker]:hidden">
              {entry.question}
              <span aria-hidden="true" className="text-2xl text-muted group-open:rotate-45 motion-safe:transition-transform">
                +
              </span>
            </summary>
            <p className="max-w-[60ch] pb-5 leading-relaxed text-muted">{entry.answer}</p>
          </details>
        ))}
      </div>
    </section>
  )
}
