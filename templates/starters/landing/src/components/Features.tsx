import { content } from "../content"
import { Section } from "./Section"

const { title, items } = content.features

export function Features() {
  return (
    <Section id="features" title={title}>
      <ul>
        {items.map((item, index) => (
          <li
            key={index}
            className="grid gap-x-10 gap-y-2 border-t border-line py-7 first:border-t-0 first:pt-0 sm:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]"
          >
            <h3 className="text-2xl font-semibold">{item.title}</h3>
            <p className="text-pretty text-muted">{item.text}</p>
          </li>
        ))}
      </ul>
    </Section>
  )
}
