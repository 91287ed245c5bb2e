import { content } from "../content"

/** The initials of a person; nothing for an unknown id. */
export function Avatar({ id }: { id: string }) {
  const name = content.people.find((person) => person.id === id)?.name
  if (!name) return null
  const initials = name
    .split(/\s+/)
    .map((word) => word[0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase()
  return (
    <span
      className="grid size-7 shrink-0 place-items-center rounded-full bg-page text-[0.6875rem] font-bold text-ink"
      title={name}
    >
      <span aria-hidden>{initials}</span>
      <span className="sr-only">{name}</span>
    </span>
  )
}
