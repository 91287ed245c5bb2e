/** One replacement in a text; `start === end` inserts. */
export interface Edit { start: number; end: number; text: string }

/** Applies edits that do not overlap. Insertions at one place keep their order. */
export function applyEdits(text: string, edits: Edit[]): string {
  if (edits.length === 0) return text
  const sorted = edits.map((edit, index) => ({ edit, index })).sort((a, b) => a.edit.start - b.edit.start || a.edit.end - b.edit.end || a.index - b.index)
  let out = ''
  let at = 0
  for (const { edit } of sorted) {
    out += text.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return out + text.slice(at)
}
