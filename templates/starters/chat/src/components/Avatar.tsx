/** Initials on a tint of the accent that depends on the name. */
export function Avatar({ name, small = false }: { name: string; small?: boolean }) {
  const initials = name
    .split(/\s+/)
    .map((word) => [...word][0] ?? "")
    .join("")
    .slice(0, 2)
    .toUpperCase()
  const tint = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 4
  return (
    <span
      aria-hidden="true"
      style={{ background: `color-mix(in oklab, var(--accent) ${14 + tint * 8}%, var(--surface))` }}
      className={`grid shrink-0 place-items-center rounded-full font-semibold text-ink ${small ? "size-9 text-xs" : "size-12 text-sm"}`}
    >
      {initials}
    </span>
  )
}
