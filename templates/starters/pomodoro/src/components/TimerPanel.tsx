import { content } from "../content"
import type { Mode, Timer } from "../useTimer"
import { Ring } from "./Ring"

const { app, labels } = content
const modes: Mode[] = ["focus", "short", "long"]
const quiet = "rounded-full px-4 py-3 opacity-95 hover:opacity-100 hover:underline underline-offset-4"

interface Props {
  timer: Timer
  rounds: number
  task: string | undefined
}

export function TimerPanel({ timer, rounds, task }: Props) {
  const action = timer.running ? labels.pause : timer.started ? labels.resume : labels.start
  return (
    <header className="flex flex-col bg-header px-5 py-6 text-header-ink lg:sticky lg:top-0 lg:h-dvh lg:overflow-y-auto">
      <div className="text-center lg:text-left">
        <h1 className="text-2xl font-bold [overflow-wrap:anywhere]">{app.name}</h1>
        <p className="opacity-95">{app.tagline}</p>
      </div>
      <div className="m-auto w-full max-w-lg py-6">
        <div className="mb-8 flex flex-wrap justify-center gap-1" role="group" aria-label={labels.settings}>
          {modes.map((mode) => (
            <button
              key={mode}
              className="rounded-full px-4 py-2 text-sm opacity-95 hover:opacity-100 aria-pressed:bg-header-ink aria-pressed:font-bold aria-pressed:text-header aria-pressed:opacity-100"
              aria-pressed={timer.mode === mode}
              onClick={() => timer.pick(mode)}
            >
              {labels[mode]}
            </button>
          ))}
        </div>
        <Ring timer={timer} caption={`${timer.round} / ${rounds}`} />
        <div className="mt-7 flex items-center justify-center gap-2">
          <button className={quiet} onClick={timer.reset}>
            {labels.reset}
          </button>
          <button
            className="min-w-36 rounded-full bg-accent px-8 py-4 text-lg font-bold text-accent-ink hover:brightness-95"
            onClick={timer.toggle}
          >
            {action}
          </button>
          <button className={quiet} onClick={timer.skip}>
            {labels.skip}
          </button>
        </div>
      </div>
      <p className="text-center [overflow-wrap:anywhere] lg:text-left">
        <span className="text-sm opacity-95">{labels.working_on}</span>
        <br />
        <strong>{task ?? labels.free}</strong>
      </p>
    </header>
  )
}
