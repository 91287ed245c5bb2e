import { useEffect, useRef, useState, type FormEvent } from "react"
import { content, fill } from "../content"
import { Field } from "./Field"

const { contact, labels } = content
const empty = { name: "", email: "", message: "" }

type Fields = typeof empty

/** The form checks and confirms; where the message goes is `onSend`'s matter. */
export function Contact({ plan, onSend }: { plan: string; onSend: (fields: Fields) => void }) {
  const [fields, setFields] = useState(empty)
  const [checked, setChecked] = useState(false)
  const [sent, setSent] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const result = useRef<HTMLDivElement>(null)
  const errors = checked ? check(fields) : {}

  useEffect(() => {
    if (plan) setFields((now) => ({ ...now, message: fill(labels.interest, { plan }) }))
  }, [plan])

  useEffect(() => {
    if (sent) result.current?.focus()
  }, [sent])

  function submit(event: FormEvent) {
    event.preventDefault()
    setChecked(true)
    const wrong = Object.keys(check(fields))[0]
    if (wrong) {
      form.current?.querySelector<HTMLElement>(`[name="${wrong}"]`)?.focus()
      return
    }
    onSend(fields)
    setSent(true)
  }

  const field = (name: keyof Fields) => ({
    name,
    label: labels[name],
    value: fields[name],
    error: errors[name],
    onChange: (value: string) => setFields({ ...fields, [name]: value }),
  })

  return (
    <section id="contact" className="bg-surface">
      <div className="mx-auto grid max-w-6xl grid-cols-1 gap-x-16 gap-y-10 px-5 py-18 sm:py-24 lg:grid-cols-2">
        <div>
          <h2 className="text-4xl font-semibold sm:text-5xl">{contact.title}</h2>
          <p className="mt-5 max-w-[42ch] text-lg text-pretty text-muted">{contact.text}</p>
          <p className="mt-8 flex flex-col items-start gap-1 text-lg">
            <a className="underline decoration-accent underline-offset-4" href={`mailto:${contact.email}`}>
              {contact.email}
            </a>
            <a href={`tel:${contact.phone.replace(/[^+\d]/g, "")}`}>{contact.phone}</a>
          </p>
        </div>
        {sent ? (
          <div ref={result} tabIndex={-1} role="status" className="self-center focus:outline-none">
            <h3 className="text-3xl font-semibold">{fill(contact.success_title, fields)}</h3>
            <p className="mt-3 text-muted">{fill(contact.success_text, fields)}</p>
            <button
              className="mt-6 underline decoration-accent decoration-2 underline-offset-4"
              onClick={() => {
                setFields(empty)
                setChecked(false)
                setSent(false)
              }}
            >
              {labels.another}
            </button>
          </div>
        ) : (
          <form ref={form} className="space-y-5" noValidate onSubmit={submit}>
            <Field {...field("name")} autoComplete="name" />
            <Field {...field("email")} type="email" autoComplete="email" />
            <Field {...field("message")} rows={4} />
            <button className="rounded-card bg-accent px-6 py-3.5 font-semibold text-accent-ink hover:brightness-95">
              {contact.cta}
            </button>
          </form>
        )}
      </div>
    </section>
  )
}

function check({ name, email, message }: Fields) {
  const errors: Partial<Fields> = {}
  if (!name.trim()) errors.name = labels.name_error
  if (!/^\S+@\S+\.\S+$/.test(email.trim())) errors.email = labels.email_error
  if (message.trim().length < 10) errors.message = labels.message_error
  return errors
}
