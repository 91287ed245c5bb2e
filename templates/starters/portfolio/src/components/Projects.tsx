import { useState } from "react"
import { categories, categoryName, content, projects, type Project } from "../content"
import { ProjectDialog } from "./ProjectDialog"
import { Weave } from "./Weave"

export function Projects() {
  const [category, setCategory] = useState("")
  const [open, setOpen] = useState<Project | null>(null)
  const shown = projects.filter((project) => !category || project.category === category)

  return (
    <section id="projects" aria-labelledby="projects-title" className="section-pad">
      <div className="flex flex-wrap items-baseline justify-between gap-x-8 gap-y-3">
        <h2 id="projects-title" className="text-2xl">
          {content.projects_title}
        </h2>
        {categories.length > 1 && (
          <div role="group" aria-label="Filter" className="flex flex-wrap gap-x-4">
            {[{ id: "", name: content.labels.all }, ...categories].map(({ id, name }) => (
              <button
                key={id}
                type="button"
                aria-pressed={category === id}
                onClick={() => setCategory(id)}
                className="min-h-11 text-muted underline-offset-[6px] hover:text-ink aria-pressed:text-ink aria-pressed:underline aria-pressed:decoration-accent aria-pressed:decoration-2"
              >
                {name}
              </button>
            ))}
          </div>
        )}
      </div>
      {shown.length === 0 && <p className="py-12 text-muted">{content.labels.none}</p>}
      <ol className="mt-6 grid gap-x-6 gap-y-10 sm:grid-cols-2">
        {shown.map((project, index) => (
          // Every third one takes the full width: a rhythm that works for any number of projects.
          <li key={project.id} className={index % 3 === 0 ? "sm:col-span-2" : ""}>
            <button type="button" onClick={() => setOpen(project)} className="group block w-full text-left" aria-haspopup="dialog">
              <span className="block overflow-hidden rounded-box">
                <Weave
                  seed={project.id}
                  columns={index % 3 === 0 ? 14 : 8}
                  className={`w-full transition-transform duration-500 group-hover:scale-[1.02] motion-reduce:transform-none ${index % 3 === 0 ? "aspect-[8/3]" : "aspect-[8/5]"}`}
                />
              </span>
              <span className="mt-3 flex items-baseline justify-between gap-4">
                <span className="text-xl font-semibold tracking-[-0.02em] break-words decoration-accent decoration-2 underline-offset-4 group-hover:underline">
                  {project.name}
                </span>
                <span className="shrink-0 text-sm text-muted tabular-nums">{project.year}</span>
              </span>
              <span className="text-sm text-muted">{categoryName(project.category)}</span>
            </button>
          </li>
        ))}
      </ol>
      <ProjectDialog project={open} among={shown} onChange={setOpen} />
    </section>
  )
}
