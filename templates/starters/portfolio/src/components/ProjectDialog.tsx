import { useEffect, useRef, type KeyboardEvent } from "react"
import { categoryName, content, type Project } from "../content"
import { Weave } from "./Weave"

interface Props {
  project: Project | null
  among: Project[]
  onChange: (project: Project | null) => void
}

/** One project, large; the arrow keys lead to its neighbours. */
export function ProjectDialog({ project, among, onChange }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const isOpen = project !== null

  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])

  const go = (step: number): void => {
    const index = among.findIndex((one) => one.id === project?.id)
    const next = among.at((index + step) % among.length)
    if (next) onChange(next)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "ArrowRight") go(1)
    if (event.key === "ArrowLeft") go(-1)
  }

  return (
    <dialog
      ref={dialog}
      onClose={() => onChange(null)}
      onKeyDown={onKeyDown}
      onClick={(event) => event.target === dialog.current && onChange(null)}
      aria-labelledby="project-name"
      className="m-auto w-[min(60rem,calc(100vw-2rem))] max-w-none overflow-y-auto rounded-box bg-surface text-ink"
    >
      {project && (
        <article>
          <Weave key={project.id} seed={project.id} columns={12} rows={5} className="aspect-[2/1] w-full sm:aspect-[12/5]" />
          <div className="grid gap-x-10 gap-y-4 p-6 sm:grid-cols-[1fr_1.4fr] sm:p-9">
            <div>
              <h3 id="project-name" className="text-3xl leading-tight break-words">
                {project.name}
              </h3>
              <p className="mt-2 text-muted">
                {[categoryName(project.category), project.year].filter(Boolean).join(" · ")}
              </p>
            </div>
            <p aria-live="polite">{project.description}</p>
          </div>
          <div className="flex flex-wrap gap-x-6 border-t border-line px-6 py-2 sm:px-9">
            {among.length > 1 && (
              <>
                <button type="button" className="min-h-11 hover:underline" onClick={() => go(-1)}>
                  ← {content.labels.previous}
                </button>
                <button type="button" className="min-h-11 hover:underline" onClick={() => go(1)}>
                  {content.labels.next} →
                </button>
              </>
            )}
            <button type="button" className="ml-auto min-h-11 hover:underline" onClick={() => onChange(null)}>
              {content.labels.close}
            </button>
          </div>
        </article>
      )}
    </dialog>
  )
}
