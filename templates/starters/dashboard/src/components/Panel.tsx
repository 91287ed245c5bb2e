import { useId, type ReactNode } from "react"

interface Props {
  title: string
  note?: ReactNode
  className?: string
  children: ReactNode
}

export function Panel({ title, note, className = "", children }: Props) {
  const id = useId()
  return (
    <section aria-labelledby={id} className={`min-w-0 rounded-card border border-line bg-surface p-4 sm:p-5 ${className}`}>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <h2 id={id} className="font-bold">
          {title}
        </h2>
        {note}
      </div>
      {children}
    </section>
  )
}
