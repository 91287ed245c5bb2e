import { content } from "../content"

export function Services() {
  return (
    <section id="services" className="section-pad grid gap-x-12 gap-y-6 xl:grid-cols-[1fr_2fr]">
      <h2 className="max-w-[16ch] text-2xl">{content.services.headline}</h2>
      <ul className="divide-y divide-line border-y border-line">
        {content.services.entries.map((service, index) => (
          <li key={index} className="grid gap-x-8 gap-y-1 py-5 sm:grid-cols-[1fr_2fr]">
            <h3 className="text-lg">{service.name}</h3>
            <p className="text-muted">{service.description}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}
