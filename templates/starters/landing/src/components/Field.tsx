import { useId } from "react"

interface Props {
  label: string
  name: string
  value: string
  error: string | undefined
  onChange: (value: string) => void
  type?: string
  autoComplete?: string
  rows?: number
}

/** A labelled field with its error below; `rows` makes it a text area. */
export function Field({ label, error, onChange, rows, ...rest }: Props) {
  const id = useId()
  const shared = {
    ...rest,
    id,
    "aria-invalid": Boolean(error),
    "aria-describedby": error ? `${id}-error` : undefined,
    className:
      "mt-1.5 block w-full rounded-card border border-muted/60 bg-page px-3.5 py-2.5 aria-invalid:border-2 aria-invalid:border-accent-text",
  }
  return (
    <div>
      <label htmlFor={id} className="text-sm font-semibold">
        {label}
      </label>
      {rows ? (
        <textarea {...shared} rows={rows} onChange={(event) => onChange(event.target.value)} />
      ) : (
        <input {...shared} onChange={(event) => onChange(event.target.value)} />
      )}
      {error && (
        <p id={`${id}-error`} className="mt-1.5 text-sm font-medium text-accent-text">
          {error}
        </p>
      )}
    </div>
  )
}
