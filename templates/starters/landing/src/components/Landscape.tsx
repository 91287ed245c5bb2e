/** A sunrise over hills, drawn from the theme's colours: nothing to load. */
export function Landscape() {
  return (
    <svg
      className="block h-64 w-full sm:h-80 lg:h-96"
      viewBox="0 0 1440 400"
      preserveAspectRatio="xMidYMax slice"
      aria-hidden
    >
      <circle className="sun" cx="930" cy="215" r="150" fill="var(--glow)" />
      <path
        d="M0 290 C 180 190 330 180 520 250 S 860 330 1060 240 S 1330 170 1440 210 V 400 H 0 Z"
        fill="color-mix(in oklab, var(--accent) 28%, var(--page))"
      />
      <path
        d="M0 330 C 220 250 380 300 600 310 S 980 250 1160 290 S 1380 300 1440 270 V 400 H 0 Z"
        fill="color-mix(in oklab, var(--accent) 58%, var(--page))"
      />
      <path
        d="M0 352 C 160 350 330 390 560 352 S 900 330 1100 360 S 1350 370 1440 330 V 400 H 0 Z"
        fill="var(--accent)"
      />
      <g fill="none" stroke="var(--page)" strokeOpacity="0.35" strokeWidth="2">
        <path d="M0 350 C 220 270 380 320 600 330 S 980 270 1160 310 S 1380 320 1440 290" />
        <path d="M0 310 C 180 210 330 200 520 270 S 860 350 1060 260 S 1330 190 1440 230" />
      </g>
    </svg>
  )
}
