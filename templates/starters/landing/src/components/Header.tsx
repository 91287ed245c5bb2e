import { useState } from "react"
import { content } from "../content"

const titles: Record<string, string> = {
  features: content.features.title,
  steps: content.steps.title,
  testimonials: content.testimonials.title,
  pricing: content.pricing.title,
  faq: content.faq.title,
}
const links = content.sections.flatMap((id) => (titles[id] ? [{ id, title: titles[id] }] : []))
const hasContact = content.sections.includes("contact")

export function Header() {
  const [open, setOpen] = useState(false)

  return (
    <header
      className="sticky top-0 z-10 border-b border-header-ink/15 bg-header text-header-ink [&_:focus-visible]:outline-header-ink"
      onKeyDown={(event) => event.key === "Escape" && setOpen(false)}
    >
      <div className="mx-auto flex min-h-16 max-w-6xl flex-wrap items-center gap-x-8 px-5 lg:flex-nowrap">
        <a href="#top" className="mr-auto min-w-0 py-3 font-display text-xl leading-tight font-semibold tracking-tight [overflow-wrap:anywhere]">
          {content.app.name}
        </a>
        {links.length > 0 && (
          <button
            className="rounded-card border border-header-ink/30 px-3 py-1.5 text-sm lg:hidden"
            aria-expanded={open}
            aria-controls="menu"
            onClick={() => setOpen(!open)}
          >
            {content.labels.menu}
          </button>
        )}
        <nav
          id="menu"
          className={`${open ? "flex" : "hidden"} w-full flex-col gap-x-7 pb-4 lg:flex lg:w-auto lg:flex-row lg:items-center lg:pb-0`}
        >
          {links.map(({ id, title }) => (
            <a
              key={id}
              href={`#${id}`}
              className="py-2 text-sm underline-offset-8 hover:underline"
              onClick={() => setOpen(false)}
            >
              {title}
            </a>
          ))}
          {hasContact && (
            <a
              href="#contact"
              className="mt-2 rounded-card bg-header-ink px-4 py-2 text-center text-sm font-semibold text-header hover:opacity-90 lg:mt-0"
              onClick={() => setOpen(false)}
            >
              {content.contact.title}
            </a>
          )}
        </nav>
      </div>
    </header>
  )
}
