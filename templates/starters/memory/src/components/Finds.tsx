import { content } from "../content"

export function Finds({ found }: { found: number[] }) {
  return (
    <section aria-labelledby="finds">
      <h2 id="finds" className="mb-3 text-lg font-bold">
        {content.labels.finds}
      </h2>
      {found.length === 0 && <p className="text-muted">{content.labels.empty}</p>}
      <ol className="divide-y divide-line">
        {found.map((pair) => (
          <li key={pair} className="py-2.5 [overflow-wrap:anywhere]">
            <strong>{content.pairs[pair]?.name}</strong>
            <span className="block text-muted">{content.pairs[pair]?.fact}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}
