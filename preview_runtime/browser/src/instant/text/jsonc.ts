/** JSON with comments and trailing commas, as tsconfig files are written. Throws SyntaxError like JSON.parse. */
export function parseJsonc(text: string): unknown {
  const out: string[] = []
  // The place of the last character that is no white space: a comma directly before a closing bracket is left out.
  let last = -1
  for (let i = 0; i < text.length;) {
    const c = text[i]!
    if (c === '"') {
      let end = i + 1
      while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1
      last = out.push(text.slice(i, end + 1)) - 1
      i = end + 1
    } else if (c === '/' && text[i + 1] === '/') {
      while (i < text.length && text[i] !== '\n') i++
    } else if (c === '/' && text[i + 1] === '*') {
      const end = text.indexOf('*/', i + 2)
      i = end === -1 ? text.length : end + 2
    } else {
      if ((c === '}' || c === ']') && out[last] === ',') out[last] = ''
      out.push(c)
      if (!/\s/.test(c)) last = out.length - 1
      i++
    }
  }
  return JSON.parse(out.join(''))
}
