import { content } from "../content"
import type { Session } from "../useDesk"

const { labels } = content

export function Today({ sessions }: { sessions: Session[] }) {
  const start = new Date().setHours(0, 0, 0, 0)
  const today = sessions.filter(({ at }) => at >= start)
  const minutes = today.reduce((sum, session) => sum + session.minutes, 0)
  return (
    <section aria-labelledby="today-title">
      <h2 id="today-title" className="text-xl font-bold">
        {labels.today}
      </h2>
      <p className="mt-2 flex flex-wrap items-baseline gap-x-2 text-muted tabular-nums">
        <span className="text-5xl font-semibold text-ink">{minutes}</span> {labels.minutes}
        <span className="ml-4 text-5xl font-semibold text-ink">{today.length}</span> {labels.sessions}
      </p>
    </section>
  )
}
