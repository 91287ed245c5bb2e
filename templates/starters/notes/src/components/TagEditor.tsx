import { useId, useState } from "react"
import { content } from "../content"

const { labels } = content

interface Props {
  tags: string[]
  known: string[]
  onTags: (tags: string[]) => void
}

export function TagEditor({ tags, known, onTags }: Props) {
  const [text, setText] = useState("")
  const list = useId()

  function add() {
    const tag = text.trim().replace(/^#/, "")
    if (tag && !tags.includes(tag)) onTags([...tags, tag])
    setText("")
  }

  return (
    <div className="flex flex-wrap items-center gap-2 text-sm">
      {tags.map((tag) => (
        <span key={tag} className="flex max-w-full items-center rounded-full bg-page pl-3">
          <span className="min-w-0 truncate">{tag}</span>
          <button
            className="grid size-8 shrink-0 place-items-center rounded-full text-base text-muted hover:text-ink"
            aria-label={`${labels.remove_tag} ${tag}`}
            onClick={() => onTags(tags.filter((other) => other !== tag))}
          >
            <span aria-hidden>×</span>
          </button>
        </span>
      ))}
      <input
        className="h-8 w-28 rounded-full border border-dashed border-muted/60 bg-transparent px-3 placeholder:text-muted"
        value={text}
        list={list}
        maxLength={30}
        placeholder={labels.add_tag}
        aria-label={labels.add_tag}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && add()}
        onBlur={add}
      />
      <datalist id={list}>
        {known.map((tag) => (
          <option key={tag} value={tag} />
        ))}
      </datalist>
    </div>
  )
}
