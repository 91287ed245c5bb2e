import { useState, type FormEvent } from "react"
import { content } from "../content"

export function Contact() {
  const { headline, description, email, subject } = content.contact
  const [status, setStatus] = useState("")

  const write = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const body = `${String(data.get("message"))}\n\n${String(data.get("name"))}`
    window.location.href = `mailto:${email}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`
    setStatus(content.labels.write_note)
  }

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(email)
      setStatus(content.labels.copied)
    } catch {
      setStatus(email) // The browser refused the clipboard: show the address to copy by hand.
    }
  }

  const field = "mt-1 w-full rounded-none border-b-2 border-accent-ink/60 bg-transparent py-2 focus:border-accent-ink"
  return (
    <section id="contact" className="grid gap-10 bg-accent px-5 py-14 text-accent-ink sm:px-10 lg:px-14 xl:grid-cols-2">
      <div>
        <h2 className="max-w-[14ch] text-4xl leading-[1.05] sm:text-5xl">{headline}</h2>
        <p className="mt-4 max-w-[40ch]">{description}</p>
        <p className="mt-8 flex flex-wrap items-center gap-x-5 text-lg">
          <a className="min-h-11 content-center break-all underline underline-offset-4" href={`mailto:${email}`}>
            {email}
          </a>
          <button type="button" className="min-h-11 text-base underline-offset-4 hover:underline" onClick={() => void copy()}>
            {content.labels.copy}
          </button>
        </p>
      </div>
      <form onSubmit={write} className="space-y-6">
        <label className="block">
          {content.labels.name}
          <input name="name" required autoComplete="name" className={field} />
        </label>
        <label className="block">
          {content.labels.message}
          <textarea name="message" required rows={4} className={`${field} resize-y`} />
        </label>
        <button type="submit" className="min-h-12 rounded-box bg-accent-ink px-7 font-medium text-accent hover:opacity-90">
          {content.labels.write}
        </button>
        <p role="status" className="min-h-6 text-sm">
          {status}
        </p>
      </form>
    </section>
  )
}
