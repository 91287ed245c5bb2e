import { clock, type Timer } from "../useTimer"

const RADIUS = 140
const LENGTH = 2 * Math.PI * RADIUS
const MARKS = 60

/** A clock face: sixty marks, and an arc for the time that is left. */
export function Ring({ timer, caption }: { timer: Timer; caption: string }) {
  return (
    <div className="relative mx-auto aspect-square w-full max-w-[min(24rem,52vh)] min-w-64">
      <svg viewBox="0 0 320 320" className="block size-full -rotate-90" aria-hidden>
        <g stroke="currentColor" strokeWidth={2} strokeLinecap="round">
          {Array.from({ length: MARKS }, (_, index) => (
            <line
              key={index}
              x1={index % 5 ? 122 : 116}
              x2={127}
              opacity={index % 5 ? 0.3 : 0.75}
              transform={`translate(160 160) rotate(${(index * 360) / MARKS})`}
            />
          ))}
        </g>
        <circle cx={160} cy={160} r={RADIUS} fill="none" stroke="currentColor" strokeOpacity={0.18} strokeWidth={12} />
        <circle
          cx={160}
          cy={160}
          r={RADIUS}
          fill="none"
          stroke="var(--accent)"
          strokeWidth={12}
          strokeLinecap="round"
          strokeDasharray={LENGTH}
          strokeDashoffset={LENGTH * (1 - timer.share)}
          opacity={timer.share > 0 ? 1 : 0}
        />
      </svg>
      <div className="absolute inset-0 grid place-content-center text-center">
        <p className="text-6xl leading-none font-semibold tracking-tight tabular-nums sm:text-7xl" role="timer">
          {clock(timer.left)}
        </p>
        <p className="mt-3 opacity-95">{caption}</p>
      </div>
    </div>
  )
}
