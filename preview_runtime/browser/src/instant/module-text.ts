import { applyEdits } from './files/edits.ts'
import { asText } from './files/file-set.ts'
import { mimeType } from './files/mime.ts'
import { extension } from './files/paths.ts'
import { isCssModule } from './styles/styles.ts'
import type { Content } from './files/file-set.ts'
import type { Module } from './scripts/module.ts'

export interface Emitted { module: Module; key: string; address: string; body: string; css: string }

/** The texts of modules as a browser runs them: imports are replaced by addresses. */
export class ModuleText {
  readonly #origin: string | undefined
  readonly #built: boolean

  /** `origin` of the preview; absent where no page takes updates. */
  constructor(origin: string | undefined, built: boolean) {
    this.#origin = origin
    this.#built = built
  }

  /**
   * A module that runs from its text, which has no address to resolve imports against. Its imports are absolute;
   * undefined when the module imports by a value that is known only at run time.
   */
  text(entry: Emitted, at: string, address: (id: string) => string, env: string): string | undefined {
    const origin = this.#origin
    if (origin === undefined) return undefined
    const body = this.body(entry, (target) => origin + address(target), env, origin)
    return /\bimport\s*\(\s*(?!")|\bimport\.meta\.resolve\b/.test(body) ? undefined : `${body}\n//# sourceURL=${origin}${at}`
  }

  /** The served text of a module; with an `origin`, its imports of our modules are absolute. */
  body(entry: Emitted, address: (id: string) => string, env: string, origin = ''): string {
    const { module, css, key } = entry
    const client = `"${origin}/@sayso/client.js"`
    switch (module.kind) {
      case 'style': {
        const shownAs = `import{updateStyle as $$style}from${client};$$style(${JSON.stringify(this.#built ? entry.address : module.id)},$$css);`
        if (!isCssModule(module.path)) return `const $$css=${JSON.stringify(css)};${shownAs}export default $$css;`
        const names = JSON.parse(key) as Record<string, string>
        const exported = Object.entries(names).filter(([name]) => /^[A-Za-z_$][\w$]*$/.test(name) && !isReserved(name)).map(([name, value]) => `export const ${name}=${JSON.stringify(value)};`).join('')
        return `const $$css=${JSON.stringify(css)};${shownAs}${exported}export default ${key};`
      }
      case 'inline': return `export default ${JSON.stringify(css)};`
      case 'raw': return `export default ${JSON.stringify(asText(module.compiled.source))};`
      case 'url': return `export default ${JSON.stringify(key)};`
      case 'data': return `export default ${JSON.stringify(dataAddress(module.path, module.compiled.source))};`
      case 'wasm': return `export default async function(imports={}){return (await WebAssembly.instantiateStreaming(fetch(${JSON.stringify(key)}),imports)).instance}`
      case 'worker': case 'shared-worker': return `export default function(options){return new ${module.kind === 'worker' ? 'Worker' : 'SharedWorker'}(${JSON.stringify(address(module.path))},{type:"module",...options})}`
      case 'worker-url': return `export default ${JSON.stringify(address(module.path))};`
      case 'package-style': return `import{linkStyle}from${client};linkStyle(${JSON.stringify(key)});`
      case 'script': break
    }
    const { code, syntax, refresh, placed, constants } = module.compiled.script!
    const edits = module.links.filter((link) => link.end > link.start).map((link) => ({ start: link.start, end: link.end, text: link.write(address) }))
    edits.push(...constants)
    if (refresh) edits.push(...refresh.edits)
    // import.meta.url has to be the file's own address, without the version that an update adds.
    for (const site of syntax.metaUrls) edits.push({ ...site, text: `(location.origin+${JSON.stringify(module.path)})` })
    let head = module.links.map((link) => link.head?.(address) ?? '').join('')
    if (refresh) head += `import{registrar as $$registrar,signature as $RefreshSig$,boundary as $$boundary}from"${origin}/@sayso/refresh.js";const $RefreshReg$=$$registrar(${JSON.stringify(module.id)});`
    if ((syntax.usesHot || refresh?.boundary) && !this.#built) head += `import{createHot as $$hot}from${client};import.meta.hot=$$hot(${JSON.stringify(module.id)});`
    if (placed) head += `import{placed as $$placed,placedElement as $$placedElement}from${client};`
    if (syntax.usesEnv && !this.#built) head += `import.meta.env=${env};`
    if (/\bprocess\.env\b/.test(code)) head += `globalThis.process??={env:{NODE_ENV:"${this.#built ? 'production' : 'development'}"}};`
    const tail = refresh ? `\n;${refresh.tail}${refresh.boundary ? '$$boundary(import.meta.hot);' : ''}` : ''
    return head + (refresh?.head ?? '') + applyEdits(code.startsWith('#!') ? '//' + code : code, code.startsWith('#!') ? edits.map((e) => ({ ...e, start: e.start + 2, end: e.end + 2 })) : edits) + tail
  }
}

const isReserved = (name: string): boolean => /^(?:default|class|new|delete|export|import|if|else|for|while|do|switch|case|break|continue|return|function|var|let|const|in|of|this|null|true|false|void|typeof|try|catch|finally|throw|with|yield|await|enum|static|super|extends|interface|package|private|protected|public|implements|instanceof|arguments|eval|debugger)$/.test(name)

/** A file as an address of its own. */
function dataAddress(path: string, content: Content): string {
  if (extension(path) === '.svg') return `data:image/svg+xml,${encodeURIComponent(asText(content)).replace(/'/g, '%27')}`
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  let binary = ''
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return `data:${mimeType(path)};base64,${btoa(binary)}`
}
