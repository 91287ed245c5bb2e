import { phrase } from '../../engine/phrase.ts'
import { compileScript, compileStyleAsync, compileTemplate, parse } from '@vue/compiler-sfc'
import { FrameworkError } from '../project/frameworks.ts'
import { hash } from '../files/hash.ts'
import { join } from '../files/paths.ts'
import { cssModule } from '../styles/css-modules.ts'
import { markingPlaces } from './vue-places.ts'
import type { SFCDescriptor, CompilerError } from '@vue/compiler-sfc'
import type { CssModule } from '../styles/css-modules.ts'
import type { FrameworkInput } from '../project/frameworks.ts'

/**
 * A Vue single-file component as one module. Script and template stay apart (no inlined template), so that a change
 * of the template alone re-renders with the component's state kept.
 */
export async function compile(input: FrameworkInput): Promise<string> {
  const { path, source, built = false } = input
  const { descriptor, errors } = parse(source, { filename: path, sourceMap: false })
  if (errors[0]) throw failure(errors[0])
  refuse(descriptor)
  const id = hash(path)
  const scoped = descriptor.styles.some((style) => style.scoped)
  const scopeId = `data-v-${id}`
  const language = descriptor.scriptSetup?.lang ?? descriptor.script?.lang
  const typed = language === 'ts'

  let script = 'const $$component={};'
  let bindings
  if (descriptor.script || descriptor.scriptSetup) {
    try {
      const block = compileScript(descriptor, { id, isProd: built, inlineTemplate: false, genDefaultAs: '$$component', fs: { fileExists: (file) => input.read(file) !== undefined, readFile: (file) => input.read(file) } })
      script = block.content
      bindings = block.bindings
    } catch (error) { throw failure(error as CompilerError) }
  }
  let template = ''
  if (descriptor.template) {
    const text = descriptor.template.src ? input.read(join(path, descriptor.template.src)) ?? '' : descriptor.template.content
    const result = compileTemplate({
      source: text, filename: path, id, scoped, slotted: descriptor.slotted, isProd: built,
      compilerOptions: { ...(built ? { comments: false } : descriptor.template.src ? {} : { nodeTransforms: [markingPlaces(hash(text))] }), ...(scoped ? { scopeId } : {}), ...(bindings ? { bindingMetadata: bindings } : {}), ...(typed ? { expressionPlugins: ['typescript'] } : {}) },
    })
    if (result.errors[0]) throw failure(result.errors[0], descriptor.template.loc.start.line - 1)
    template = result.code.replace(/\bexport\s+function\s+render\b/, () => 'function $$render')
  }
  const styles = await styleCode(input, descriptor, scopeId)
  const body = input.script(script + '\n' + template, typed)
  const own = `${template ? '$$component.render=$$render;' : ''}${scoped ? `$$component.__scopeId=${JSON.stringify(scopeId)};` : ''}${styles.modules}`
  if (built) return `${styles.code}${body}\n${own}export default $$component;`
  const parts = { script: hash(script), template: hash(template) }
  return `${styles.code}${body}
${own}
$$component.__file=${JSON.stringify(path)};$$component.__hmrId=${JSON.stringify(id)};
export const $$parts=${JSON.stringify(parts)};
globalThis.__VUE_HMR_RUNTIME__?.createRecord($$component.__hmrId,$$component);
import.meta.hot.data.parts??=$$parts;
import.meta.hot.accept((next)=>{if(!next)return;const old=import.meta.hot.data.parts;import.meta.hot.data.parts=next.$$parts;const vue=globalThis.__VUE_HMR_RUNTIME__;if(old.script!==next.$$parts.script)vue.reload(next.default.__hmrId,next.default);else if(old.template!==next.$$parts.template)vue.rerender(next.default.__hmrId,next.default.render)});
export default $$component;`
}

async function styleCode(input: FrameworkInput, descriptor: SFCDescriptor, scopeId: string): Promise<{ code: string; modules: string }> {
  let code = ''
  let modules = ''
  for (const [index, style] of descriptor.styles.entries()) {
    const source = await input.style(style.src ? input.read(join(input.path, style.src)) ?? '' : style.content, style.lang)
    // The compiler for browsers leaves modules out.
    const named = style.module === undefined ? undefined : cssModule(`${input.path}?${index}`, source)
    const result = await compileStyleAsync({ source: named?.css ?? source, filename: input.path, id: scopeId, scoped: style.scoped ?? false, isProd: input.built === true })
    if (result.errors[0]) throw failure(result.errors[0])
    code += `$$style(${JSON.stringify(`${input.built ? scopeId : input.path}?style${index}`)},${JSON.stringify(result.code)});`
    if (named) modules += `($$component.__cssModules??={})[${JSON.stringify(style.module === true ? '$style' : style.module)}]=${JSON.stringify(composedNames(named))};`
  }
  return { code: code && `import{updateStyle as $$style}from"/@sayso/client.js";${code}`, modules }
}

/** `composes` within the block. */
function composedNames({ names, composes }: CssModule): Record<string, string> {
  const out = { ...names }
  for (const rule of composes) {
    const added = rule.names.map((name) => (rule.from === 'global' ? name : rule.from === '' ? out[name] : undefined)).filter((name) => name !== undefined)
    if (out[rule.name] !== undefined && added.length > 0) out[rule.name] += ' ' + added.join(' ')
  }
  return out
}

const STYLES = new Set(['css', 'postcss', 'scss', 'sass', 'less'])

function refuse(descriptor: SFCDescriptor): void {
  for (const style of descriptor.styles) if (style.lang && !STYLES.has(style.lang)) throw new FrameworkError('', {}, phrase('engine.language.styles', { language: style.lang }))
  if (descriptor.template?.lang && descriptor.template.lang !== 'html') throw new FrameworkError('', {}, phrase('engine.language.template', { language: descriptor.template.lang }))
  for (const script of [descriptor.script, descriptor.scriptSetup]) if (script?.lang && !['ts', 'js'].includes(script.lang)) throw new FrameworkError('', {}, phrase('engine.language.script', { language: script.lang }))
}

function failure(error: CompilerError | SyntaxError | Error | string, offset = 0): FrameworkError {
  if (typeof error === 'string') return new FrameworkError(error)
  const loc = (error as CompilerError).loc
  const babel = /\((\d+):(\d+)\)/.exec(error.message)
  const message = error.message.split('\n')[0]!.replace(/^\[@?vue\/compiler-sfc\]\s*/, '').replace(/\s*\(\d+:\d+\)/, '')
  if (loc && 'start' in loc) return new FrameworkError(message, { line: loc.start.line + (offset > 0 && loc.start.line <= offset ? offset : 0), column: loc.start.column })
  return new FrameworkError(message, babel ? { line: Number(babel[1]), column: Number(babel[2]) + 1 } : {})
}
