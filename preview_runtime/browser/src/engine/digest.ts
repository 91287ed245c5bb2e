/** A short word for a text, to tell whether it is the same (FNV-1a, 32 bits): of no use against who means harm. */
export function digest(text: string): string {
  let sum = 0x811c9dc5
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193)
  return (sum >>> 0).toString(36)
}
