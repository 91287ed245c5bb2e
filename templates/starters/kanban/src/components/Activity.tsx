import { content } from "../content"

const { labels } = content

export function Activity({ moves }: { moves: string[] }) {
  return (
    <section className="px-4 pt-4 text-sm sm:px-6">
      <h2 className="font-semibold">{labels.activity}</h2>
      {moves.length ? (
        <ol className="mt-1 flex flex-wrap gap-x-6 gap-y-1 text-muted">
          {moves.map((move, index) => (
            <li key={moves.length - index}>{move}</li>
          ))}
        </ol>
      ) : (
        <p className="mt-1 text-muted">{labels.no_activity}</p>
      )}
    </section>
  )
}
