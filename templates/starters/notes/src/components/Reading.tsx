import { content } from "../content"
import { blocks, inline, toggleCheck, type Block } from "../markdown"

interface Props {
  body: string
  onBody: (body: string) => void
}

/** The note as it reads; its check boxes can be ticked here. */
export function Reading({ body, onBody }: Props) {
  if (!body.trim()) return <p className="font-serif text-lg text-muted italic">{content.labels.blank}</p>
  return (
    <div className="prose">
      {blocks(body).map((block, index) => (
        <BlockView key={index} block={block} onToggle={(line) => onBody(toggleCheck(body, line))} />
      ))}
    </div>
  )
}

function BlockView({ block, onToggle }: { block: Block; onToggle: (line: number) => void }) {
  switch (block.type) {
    case "heading": {
      const Heading = `h${block.level}` as const
      return (
        <Heading>
          <Marks text={block.text} />
        </Heading>
      )
    }
    case "list": {
      const List = block.ordered ? "ol" : "ul"
      return (
        <List>
          {block.items.map((item, index) => (
            <li key={index}>
              <Marks text={item} />
            </li>
          ))}
        </List>
      )
    }
    case "checks":
      return (
        <ul className="checks">
          {block.items.map((item) => (
            <li key={item.line}>
              <label className="flex cursor-pointer items-baseline gap-3">
                <input
                  type="checkbox"
                  className="size-4 shrink-0 translate-y-0.5 accent-accent"
                  checked={item.done}
                  onChange={() => onToggle(item.line)}
                />
                <span className={item.done ? "text-muted line-through" : ""}>
                  <Marks text={item.text} />
                </span>
              </label>
            </li>
          ))}
        </ul>
      )
    case "quote":
      return (
        <blockquote>
          <Marks text={block.text} />
        </blockquote>
      )
    case "paragraph":
      return (
        <p className="whitespace-pre-line">
          <Marks text={block.text} />
        </p>
      )
  }
}

function Marks({ text }: { text: string }) {
  return inline(text).map((part, index) => {
    switch (part.type) {
      case "strong":
        return <strong key={index}>{part.text}</strong>
      case "em":
        return <em key={index}>{part.text}</em>
      case "code":
        return <code key={index}>{part.text}</code>
      case "link":
        return (
          <a key={index} href={part.url} target="_blank" rel="noreferrer">
            {part.text}
          </a>
        )
      case "text":
        return part.text
    }
  })
}
