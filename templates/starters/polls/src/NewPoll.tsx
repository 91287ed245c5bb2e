import { type FormEvent, useState } from "react"

const MOST = 8

export function NewPoll({ onAdd }: { onAdd(question: string, options: string[]): void }) {
  const [question, setQuestion] = useState("")
  const [options, setOptions] = useState(["", ""])

  const change = (at: number, text: string) => {
    const next = options.map((option, place) => (place === at ? text : option))
    // There is always an empty line to write the next answer into.
    setOptions(next.at(-1) && next.length < MOST ? [...next, ""] : next)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onAdd(question, options)
  }
  return (
    <form className="poll" onSubmit={submit}>
      <label>Question<input value={question} onChange={(e) => setQuestion(e.target.value)} maxLength={140} required autoFocus /></label>
      <fieldset>
        <legend>Answers</legend>
        {options.map((option, at) => (
          <input key={at} aria-label={`Answer ${at + 1}`} value={option} onChange={(e) => change(at, e.target.value)} maxLength={80} required={at < 2} placeholder={at < 2 ? "" : "One more, if you like"} />
        ))}
      </fieldset>
      <button>Ask everyone</button>
    </form>
  )
}
