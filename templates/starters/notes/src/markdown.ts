/** A small, safe part of Markdown: blocks here, inline marks in `inline`. */
export type Block =
  | { type: "heading"; level: 2 | 3 | 4; text: string }
  | { type: "list"; ordered: boolean; items: string[] }
  | { type: "checks"; items: { text: string; done: boolean; line: number }[] }
  | { type: "quote" | "paragraph"; text: string }

export type Inline = { type: "text" | "strong" | "em" | "code"; text: string } | { type: "link"; text: string; url: string }

const CHECK = /^[-*] \[([ xX])\] (.*)$/
const BULLET = /^[-*] (.*)$/
const NUMBER = /^\d+[.)] (.*)$/
const HEADING = /^(#{1,3}) (.*)$/
const QUOTE = /^> ?(.*)$/

export function blocks(source: string): Block[] {
  const result: Block[] = []
  let open = false
  for (const [line, text] of source.split("\n").map((raw) => raw.trim()).entries()) {
    const last = open ? result.at(-1) : undefined
    open = text !== ""
    if (!open) continue
    const block = read(text, line)
    if (last?.type === "list" && block.type === "list" && last.ordered === block.ordered) last.items.push(...block.items)
    else if (last?.type === "checks" && block.type === "checks") last.items.push(...block.items)
    else if (last && (last.type === "paragraph" || last.type === "quote") && last.type === block.type) last.text += `\n${block.text}`
    else result.push(block)
  }
  return result
}

function read(text: string, line: number): Block {
  const check = CHECK.exec(text)
  if (check) return { type: "checks", items: [{ text: check[2] ?? "", done: check[1] !== " ", line }] }
  const heading = HEADING.exec(text)
  if (heading) {
    const level = ((heading[1]?.length ?? 1) + 1) as 2 | 3 | 4
    return { type: "heading", level, text: heading[2] ?? "" }
  }
  const bullet = BULLET.exec(text)
  if (bullet) return { type: "list", ordered: false, items: [bullet[1] ?? ""] }
  const number = NUMBER.exec(text)
  if (number) return { type: "list", ordered: true, items: [number[1] ?? ""] }
  const quote = QUOTE.exec(text)
  if (quote) return { type: "quote", text: quote[1] ?? "" }
  return { type: "paragraph", text }
}

const INLINE = /\*\*(.+?)\*\*|\*(.+?)\*|`(.+?)`|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/g

export function inline(text: string): Inline[] {
  const result: Inline[] = []
  let at = 0
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) result.push({ type: "text", text: text.slice(at, match.index) })
    const [whole, strong, em, code, label, url] = match
    if (strong) result.push({ type: "strong", text: strong })
    else if (em) result.push({ type: "em", text: em })
    else if (code) result.push({ type: "code", text: code })
    else if (label && url) result.push({ type: "link", text: label, url })
    at = match.index + whole.length
  }
  if (at < text.length) result.push({ type: "text", text: text.slice(at) })
  return result
}

/** The source with the check box on that line turned over. */
export function toggleCheck(source: string, line: number) {
  return source
    .split("\n")
    .map((text, index) =>
      index === line ? text.replace(/\[([ xX])\]/, (_, mark: string) => (mark === " " ? "[x]" : "[ ]")) : text,
    )
    .join("\n")
}

/** The first words without marks, for the list of notes. */
export function snippet(source: string) {
  return source
    .replace(/\[[ xX]\]/g, "")
    .replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replace(/^\s*(?:[-*>]|#{1,3}|\d+[.)])\s+/gm, "")
    .replace(/[*`]/g, "")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 120)
}
