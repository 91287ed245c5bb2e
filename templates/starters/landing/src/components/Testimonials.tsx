import { content } from "../content"

const { title, items } = content.testimonials

/** The first voice stands large, the others beside it. */
export function Testimonials() {
  return (
    <section id="testimonials" className="mx-auto max-w-6xl px-5 py-18 sm:py-24">
      <h2 className="mb-10 text-3xl font-semibold sm:text-4xl">{title}</h2>
      <div className="grid gap-x-14 gap-y-10 lg:grid-cols-5">
        {items.map((item, index) => (
          <figure
            key={index}
            className={
              index === 0
                ? "lg:col-span-3 lg:row-span-2"
                : "border-l-2 border-line pl-6 lg:col-span-2"
            }
          >
            <blockquote
              className={`font-display text-pretty ${index === 0 ? "text-3xl leading-snug sm:text-4xl" : "text-xl leading-relaxed"}`}
            >
              “{item.text}”
            </blockquote>
            <figcaption className="mt-4 text-sm text-muted">
              <strong className="font-semibold text-ink">{item.name}</strong>
              {item.role && <>, {item.role}</>}
            </figcaption>
          </figure>
        ))}
      </div>
    </section>
  )
}
