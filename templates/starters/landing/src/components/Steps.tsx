import { content } from "../content"

const { title, items } = content.steps

export function Steps() {
  return (
    <section id="steps" className="bg-surface py-18 sm:py-24">
      <div className="mx-auto max-w-6xl px-5">
        <h2 className="text-3xl font-semibold sm:text-4xl">{title}</h2>
        <ol className="mt-12 grid gap-y-8 md:grid-cols-[repeat(auto-fit,minmax(11rem,1fr))]">
          {items.map((item, index) => (
            <li
              key={index}
              className="relative border-l-2 border-accent pb-2 pl-8 md:border-t-2 md:border-l-0 md:pt-8 md:pr-8 md:pl-0"
            >
              <span className="absolute top-0 -left-3.5 grid size-7 place-items-center rounded-full bg-accent text-sm font-bold text-accent-ink tabular-nums md:-top-3.5 md:left-0">
                {index + 1}
              </span>
              <h3 className="text-xl font-semibold">{item.title}</h3>
              <p className="mt-2 text-pretty text-muted">{item.text}</p>
            </li>
          ))}
        </ol>
      </div>
    </section>
  )
}
