/** Poster shapes in the theme's colours, the same on every screen. */
export function Shapes() {
  return (
    <svg
      className="pointer-events-none absolute right-0 bottom-0 -z-10 h-[min(34rem,70%)] max-w-full"
      viewBox="0 0 520 520"
      preserveAspectRatio="xMaxYMax meet"
      aria-hidden
    >
      <g stroke="var(--line)" strokeWidth={4}>
        <circle cx={318} cy={360} r={190} fill="var(--accent)" />
        <path d="M90 518 A 130 130 0 0 1 350 518 Z" fill="var(--wrong)" />
        <rect x={310} y={90} width={120} height={120} rx={18} fill="var(--surface)" transform="rotate(14 370 150)" />
        <path d="M140 310 l62 -108 62 108 Z" fill="var(--right)" />
      </g>
    </svg>
  )
}
