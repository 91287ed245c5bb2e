import { useEffect, useState } from "react"
import { content, sectionLabel } from "../content"

/** The section that is being read: the last one whose top has passed the upper third of the window. */
function useCurrentSection(): string {
  const [current, setCurrent] = useState(content.sections[0] ?? "")
  useEffect(() => {
    const find = (): void => {
      const passed = content.sections.filter((id) => {
        const top = document.getElementById(id)?.getBoundingClientRect().top
        return top !== undefined && top < window.innerHeight / 3
      })
      setCurrent(passed.at(-1) ?? content.sections[0] ?? "")
    }
    window.addEventListener("scroll", find, { passive: true })
    return () => window.removeEventListener("scroll", find)
  }, [])
  return current
}

export function SideBar() {
  const current = useCurrentSection()
  return (
    <header className="z-10 bg-header text-header-ink max-lg:contents lg:sticky lg:top-0 lg:flex lg:h-dvh lg:flex-col lg:justify-between lg:overflow-y-auto lg:p-10">
      <div className="bg-header px-5 pt-7 pb-3 text-header-ink sm:px-10 lg:p-0">
        <p className="text-3xl leading-none font-semibold tracking-[-0.03em] text-balance break-words lg:text-4xl">{content.app.name}</p>
        <p className="mt-3 max-w-[26ch] leading-snug">{content.app.tagline}</p>
      </div>
      <nav aria-label="Sections" className="bg-header text-header-ink max-lg:sticky max-lg:top-0 max-lg:z-10 max-lg:overflow-x-auto max-lg:px-5 sm:max-lg:px-10">
        <ul className="flex gap-5 lg:flex-col lg:gap-0">
          {content.sections.map((id) => (
            <li key={id}>
              <a
                href={`#${id}`}
                aria-current={current === id ? "true" : undefined}
                className="flex min-h-11 items-center gap-3 underline-offset-[6px] hover:underline aria-[current]:underline lg:min-h-9"
              >
                {sectionLabel(id)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  )
}
