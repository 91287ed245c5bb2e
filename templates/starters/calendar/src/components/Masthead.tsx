import { content, toneOf } from "../content"

interface Props {
  hidden: string[]
  onToggle: (category: string) => void
}

export function Masthead({ hidden, onToggle }: Props) {
  const { app, categories, labels, sections } = content
  return (
    <header className="bg-header text-header-ink [&_:focus-visible]:outline-header-ink">
      <div className="mx-auto flex max-w-7xl flex-wrap items-center gap-x-10 gap-y-4 px-5 py-5">
        <div className="mr-auto max-w-xl">
          <h1 className="text-2xl font-semibold [overflow-wrap:anywhere]">{app.name}</h1>
          <p className="[overflow-wrap:anywhere]">{app.tagline}</p>
        </div>
        {sections.includes("legend") && (
          <ul aria-label={labels.all} className="flex flex-wrap gap-x-5 gap-y-1">
            {categories.map((category) => (
              <li key={category.id}>
                <button
                  aria-pressed={!hidden.includes(category.id)}
                  className="flex items-center gap-2 py-2 aria-[pressed=false]:line-through"
                  onClick={() => onToggle(category.id)}
                >
                  <span className="size-3.5 border border-header-ink" style={{ background: toneOf(category.id) }} />
                  {category.name}
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </header>
  )
}
