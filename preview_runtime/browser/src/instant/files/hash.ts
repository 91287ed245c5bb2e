/** A short name for a text (FNV-1a, 53 bits as base 36): for ids and cache busting, not for security. */
export function hash(text: string): string {
  let low = 0x811c9dc5
  let high = 0xcbf29ce4
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    low = Math.imul(low ^ c, 0x01000193)
    high = Math.imul(high ^ c, 0x85ebca6b)
  }
  return ((high >>> 11) * 4294967296 + (low >>> 0)).toString(36).padStart(8, '0')
}
