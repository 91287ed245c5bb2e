import { ROLES } from './walk.ts'
import type { WalkStep, WalkTarget } from './walk.ts'

/** What a page in which a walk is recorded says. It is the app's page, and so all of it is data. */

/** How the name of the frame begins in which a walk is recorded. */
export const RECORDED = 'sayso:record:'

/** Why something that the person did is no step, or not the step it was. */
export type LeftOut =
  /** Nothing tells apart what they acted on. */
  | 'nameless'
  | 'file'
  /** More than one choice in one list. */
  | 'several'
  /** Moved within one thing, such as a drawing. */
  | 'moved'
  /** What they typed is kept to themselves: the step has a placeholder. */
  | 'secret'
  /** The app asked something, and a walk answers yes; or it said something. `words`: what. */
  | 'asked'
  | 'said'

export const LEFT_OUT: ReadonlySet<string> = new Set<LeftOut>(['nameless', 'file', 'several', 'moved', 'secret', 'asked', 'said'])

const MOST_TYPED = 5_000
const MOST_WORDS = 500
const DEEP = 4

const text = (value: unknown, most = MOST_WORDS): string | undefined => (typeof value === 'string' && value.length <= most ? value : undefined)

function target(value: unknown, depth = 0): WalkTarget | undefined {
  if (typeof value !== 'object' || value === null || depth > DEEP) return undefined
  const { role, name, label, placeholder, text: words, within, nth } = value as Record<string, unknown>
  const scope = within === undefined ? undefined : target(within, depth + 1)
  if (within !== undefined && !scope) return undefined
  const said: WalkTarget = {
    ...(typeof role === 'string' && role in ROLES && { role: role as NonNullable<WalkTarget['role']> }), ...(text(name) && { name: text(name)! }),
    ...(text(label) && { label: text(label)! }), ...(text(placeholder) && { placeholder: text(placeholder)! }), ...(text(words) && { text: text(words)! }),
    ...(scope && { within: scope }), ...(Number.isInteger(nth) && { nth: nth as number }),
  }
  return [said.role, said.label, said.placeholder, said.text].filter((way) => way !== undefined).length === 1 ? said : undefined
}

/** A step of those that are recorded, with every field checked; undefined for what is none. */
export function readStep(value: unknown): WalkStep | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const raw = value as Record<string, unknown>
  for (const verb of ['click', 'double_click', 'check', 'uncheck'] as const) {
    const on = target(raw[verb])
    if (on) return { [verb]: on } as WalkStep
  }
  const [into, of, from, to, seen] = [target(raw.into), target(raw.of), target(raw.drag), target(raw.to), target(raw.see)]
  const typed = text(raw.type, MOST_TYPED)
  if (typed !== undefined && into) return { type: typed, into }
  const key = text(raw.press, 40)
  const on = target(raw.on)
  if (key) return raw.on !== undefined && !on ? undefined : { press: key, ...(on && { on }) }
  const choice = text(raw.select)
  if (choice && of) return { select: choice, of }
  if (from && to) return { drag: from, to }
  if (!seen) return undefined
  const states = (['checked', 'pressed', 'selected', 'expanded', 'disabled'] as const).flatMap((name) => (typeof raw[name] === 'boolean' ? [[name, raw[name]] as const] : []))
  const is = text(raw.value, MOST_TYPED)
  return { see: seen, ...(is !== undefined && { value: is }), ...Object.fromEntries(states) }
}
