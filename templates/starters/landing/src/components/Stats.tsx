import { content } from "../content"

export function Stats() {
  return (
    <section id="stats" className="mx-auto max-w-6xl px-5 py-14">
      <dl className="grid grid-cols-2 gap-x-8 gap-y-8 border-y border-line py-10 md:grid-cols-[repeat(auto-fit,minmax(9rem,1fr))]">
        {content.stats.map(({ value, label }) => (
          <div key={label} className="flex flex-col-reverse">
            <dt className="text-muted">{label}</dt>
            <dd className="font-display text-4xl font-semibold tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
