import { content } from "../content"
import { Section } from "./Section"

const { title, items } = content.faq

export function Faq() {
  return (
    <Section id="faq" title={title}>
      <div className="border-b border-line">
        {items.map((item, index) => (
          <details key={index} className="group border-t border-line" open={index === 0}>
            <summary className="flex list-none items-baseline justify-between gap-6 py-5 text-lg font-semibold [&::-webkit-details-marker]:hidden">
              {item.question}
              <span
                className="text-2xl leading-none font-light text-accent-text group-open:rotate-45 motion-safe:transition-transform"
                aria-hidden
              >
                +
              </span>
            </summary>
            <p className="max-w-prose pb-6 text-pretty text-muted">{item.answer}</p>
          </details>
        ))}
      </div>
    </Section>
  )
}
