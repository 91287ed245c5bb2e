import type { ReactNode } from "react"

interface Props {
  id: string
  title: string
  text?: string
  children: ReactNode
}

/** A section with its title in the left column and its matter in the right. */
export function Section({ id, title, text, children }: Props) {
  return (
    <section id={id} className="mx-auto grid max-w-6xl grid-cols-1 gap-x-12 gap-y-9 px-5 py-18 sm:py-24 lg:grid-cols-[17rem_minmax(0,1fr)]">
      <div className="lg:sticky lg:top-28 lg:self-start">
        <h2 className="text-3xl font-semibold sm:text-4xl">{title}</h2>
        {text && <p className="mt-4 max-w-prose text-pretty text-muted">{text}</p>}
      </div>
      {children}
    </section>
  )
}
