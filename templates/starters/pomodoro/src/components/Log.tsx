import { content } from "../content"
import type { Session } from "../useDesk"

const { labels } = content
const SHOWN = 12

interface Props {
  sessions: Session[]
  onClear: () => void
}

export function Log({ sessions, onClear }: Props) {
  return (
    <section aria-labelledby="log-title">
      <div className="flex items-baseline justify-between">
        <h2 id="log-title" className="text-xl font-bold">
          {labels.log}
        </h2>
        {sessions.length > 0 && (
          <button className="text-sm text-muted underline underline-offset-4 hover:text-ink" onClick={onClear}>
            {labels.clear}
          </button>
        )}
      </div>
      {sessions.length ? (
        <ol className="mt-2">
          {sessions.slice(0, SHOWN).map((session) => (
            <li key={session.at} className="flex gap-4 border-b border-line py-2 text-sm tabular-nums">
              <time className="shrink-0 text-muted" dateTime={new Date(session.at).toISOString()}>
                {new Date(session.at).toLocaleString("en", { weekday: "short", hour: "2-digit", minute: "2-digit" })}
              </time>
              <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{session.task || labels.focus}</span>
              <span className="text-muted">{session.minutes} min</span>
            </li>
          ))}
        </ol>
      ) : (
        <p className="mt-2 text-muted">{labels.empty_log}</p>
      )}
    </section>
  )
}
