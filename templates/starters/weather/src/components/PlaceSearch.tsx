import { useId, useRef, useState, type KeyboardEvent } from "react"
import { cities, content, type City } from "../content"

const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()

/** A combobox as described in the ARIA Authoring Practices: arrows move, Enter takes, Escape closes. */
export function PlaceSearch({ onChoose }: { onChoose: (city: City) => void }) {
  const [query, setQuery] = useState("")
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState(0)
  const input = useRef<HTMLInputElement>(null)
  const id = useId()
  const found = cities.filter((city) => plain(`${city.name} ${city.region}`).includes(plain(query.trim())))

  const choose = (city: City | undefined): void => {
    if (!city) return
    onChoose(city)
    setQuery("")
    setOpen(false)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      setOpen(true)
      const step = event.key === "ArrowDown" ? 1 : -1
      setActive((old) => (open && found.length ? (old + step + found.length) % found.length : 0))
    } else if (event.key === "Enter") {
      event.preventDefault()
      if (open) choose(found[active])
    } else if (event.key === "Escape") {
      setOpen(false)
    }
  }

  return (
    <div className="relative w-full sm:w-72">
      <input
        ref={input}
        role="combobox"
        aria-label={content.labels.search}
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={open && found[active] ? `${id}-${found[active]?.id}` : undefined}
        autoComplete="off"
        placeholder={content.labels.search}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value)
          setActive(0)
          setOpen(true)
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
        className="min-h-11 w-full rounded-full border border-header-ink/40 bg-transparent px-5 placeholder:text-header-ink/90"
      />
      <ul
        id={`${id}-list`}
        role="listbox"
        aria-label={content.labels.search}
        hidden={!open}
        className="absolute inset-x-0 top-13 z-10 max-h-72 overflow-y-auto rounded-box border border-line bg-surface p-2 text-ink shadow-xl"
      >
        {found.length === 0 && <li className="px-3 py-2 text-muted">{content.labels.no_match}</li>}
        {found.map((city, index) => (
          <li
            key={city.id}
            id={`${id}-${city.id}`}
            role="option"
            aria-selected={index === active}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(city)}
            className="cursor-pointer rounded-xl px-3 py-2 hover:bg-page aria-selected:bg-page"
          >
            {city.name} <span className="text-sm text-muted">{city.region}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
