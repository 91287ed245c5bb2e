import type { Look } from '../engine/place.ts'

/** Tailwind's classes of one look each: which they are, and how a value is written as one. */

/** A class with what stands before it (`md:hover:`) and its mark of importance. */
interface Utility { variants: string; name: string; important: '' | '!' | '!!' }

const SIDES: Record<string, string> = { '': '', '-block': 'y', '-inline': 'x', '-top': 't', '-right': 'r', '-bottom': 'b', '-left': 'l' }
/** Which sides of padding and margin a class of a side speaks of. */
const COVERS: Record<string, string> = { '': 'xytrblse', y: 'ytb', x: 'xrlse', t: 't', r: 'r', b: 'b', l: 'l' }

const TEXT_SIZES: Record<number, string> = { 12: 'xs', 14: 'sm', 16: 'base', 18: 'lg', 20: 'xl', 24: '2xl', 30: '3xl', 36: '4xl', 48: '5xl', 60: '6xl', 72: '7xl', 96: '8xl', 128: '9xl' }
const WEIGHTS: Record<string, string> = { 100: 'thin', 200: 'extralight', 300: 'light', 400: 'normal', 500: 'medium', 600: 'semibold', 700: 'bold', 800: 'extrabold', 900: 'black' }
const RADII: Record<number, string> = { 2: 'xs', 4: 'sm', 6: 'md', 8: 'lg', 12: 'xl', 16: '2xl', 24: '3xl', 32: '4xl' }

const LENGTH = /^(?:xs|sm|base|lg|\d?xl|\[(?:length:|calc|clamp|min|max|-?[\d.])[^\]]*\]|\(length:[^)]*\))(?:\/.+)?$/
const NO_COLOUR_OF_TEXT = /^(?:left|center|right|justify|start|end|wrap|nowrap|balance|pretty|ellipsis|clip|shadow.*|\[length:.*|opacity-.*)$/
const NO_COLOUR_OF_GROUND = /^(?:fixed|local|scroll|clip-.*|origin-.*|repeat.*|no-repeat|auto|cover|contain|center|top.*|bottom.*|left.*|right.*|none|gradient-.*|linear.*|radial.*|conic.*|blend-.*|size-.*|position-.*|opacity-.*|\[(?:url|image|length|position|size|linear|radial|conic).*)$/
const WEIGHT = /^(?:thin|extralight|light|normal|medium|semibold|bold|extrabold|black|\[(?:weight:)?\d+\]|\(weight:.*\))$/

/** Whether a class, without its variants, says what `property` is. */
function says(property: Look, name: string): boolean {
  const [, negative, head, rest = ''] = /^(-?)([a-z]+)(?:-(.+))?$/.exec(name) ?? []
  if (head === undefined) return false
  const space = /^(padding|margin)(.*)$/.exec(property)
  if (space) {
    const letter = space[1] === 'padding' ? 'p' : 'm'
    const side = SIDES[space[2]!]!
    if (rest === '' || head[0] !== letter || head.length > 2 || (negative && letter === 'p')) return false
    // One class for all sides, or for a smaller part of what is set.
    return head.length === 1 ? side === '' : COVERS[side]!.includes(head[1]!)
  }
  if (negative) return false
  switch (property) {
    case 'color': return head === 'text' && rest !== '' && !LENGTH.test(rest) && !NO_COLOUR_OF_TEXT.test(rest)
    case 'background-color': return head === 'bg' && rest !== '' && !NO_COLOUR_OF_GROUND.test(rest)
    case 'font-size': return head === 'text' && LENGTH.test(rest)
    case 'font-weight': return head === 'font' && WEIGHT.test(rest)
    case 'gap': return head === 'gap' && rest !== ''
    case 'border-radius': return head === 'rounded'
    default: return property === 'width' && head === 'w' && rest !== ''
  }
}

/** The value as a class. `themed`: whether the project gives a name of the theme a value of its own. */
function className(property: Look, value: string, rem: number, themed: (name: string) => boolean): string {
  const pixels = /^(-?[\d.]+)px$/.exec(value)
  const px = pixels ? Number(pixels[1]) : undefined
  const own = `[${value.replace(/\s+/g, '_')}]`
  const step = (steps: Record<string, string>, of: string | number | undefined, theme: string): string => {
    const name = of === undefined ? undefined : steps[of]
    return name !== undefined && (rem === 16 || theme === 'font-weight') && !themed(`--${theme}-${name}`) ? name : own
  }
  const space = /^(padding|margin)(.*)$/.exec(property)
  if (space) {
    const head = `${space[1]![0]}${SIDES[space[2]!]}`
    return px !== undefined && px < 0 ? `-${head}-${spaced(-px, rem, themed) ?? `[${-px}px]`}` : `${head}-${(px !== undefined && spaced(px, rem, themed)) || own}`
  }
  switch (property) {
    case 'color': return `text-${own}`
    case 'background-color': return `bg-${own}`
    case 'font-size': return `text-${step(TEXT_SIZES, px, 'text')}`
    case 'font-weight': return `font-${step(WEIGHTS, value, 'font-weight')}`
    case 'border-radius': return px === 0 ? 'rounded-none' : `rounded-${step(RADII, px, 'radius')}`
    case 'gap': return `gap-${(px !== undefined && spaced(px, rem, themed)) || own}`
    default: return `w-${(px !== undefined && spaced(px, rem, themed)) || own}`
  }
}

/** The step of Tailwind's scale, where there is a round one. */
function spaced(px: number, rem: number, themed: (name: string) => boolean): string | undefined {
  if (px === 0) return '0'
  if (rem !== 16 || themed('--spacing')) return undefined
  const step = px / 4
  return Number.isInteger(step) || (Number.isInteger(step * 2) && step < 4) ? String(step) : undefined
}

function utility(word: string): Utility {
  let depth = 0
  let cut = 0
  for (let at = 0; at < word.length; at++) {
    if ('[('.includes(word[at]!)) depth++
    else if ('])'.includes(word[at]!)) depth--
    else if (word[at] === ':' && depth === 0) cut = at + 1
  }
  const name = word.slice(cut)
  if (name.startsWith('!')) return { variants: word.slice(0, cut), name: name.slice(1), important: '!' }
  return name.endsWith('!') ? { variants: word.slice(0, cut), name: name.slice(0, -1), important: '!!' } : { variants: word.slice(0, cut), name, important: '' }
}

/**
 * `classes` with `property` as `value`. The class that decides now (`deciding`) is replaced where it stands; else those
 * without variants; else one is added at the end. All other words and the space between them stay as they are.
 */
export function withClass(classes: string, property: Look, value: string, rem: number, deciding: string | undefined, themed: (name: string) => boolean): string {
  const words = [...classes.matchAll(/\S+/g)].map(({ 0: word, index }) => ({ word, index, ...utility(word) }))
  const variants = words.find(({ word }) => word === deciding)?.variants ?? ''
  const [first, ...others] = words.filter((one) => one.variants === variants && says(property, one.name))
  const name = className(property, value, rem, themed)
  if (!first) {
    const trail = /\s*$/.exec(classes)![0]
    const body = classes.slice(0, classes.length - trail.length)
    return `${body}${body.trim() === '' ? '' : ' '}${variants}${name}${trail}`
  }
  const important = first.important
  let out = classes
  for (const { word, index } of others.toReversed()) out = out.slice(0, index).trimEnd() + out.slice(index + word.length)
  return out.slice(0, first.index) + variants + (important === '!' ? '!' : '') + name + (important === '!!' ? '!' : '') + out.slice(first.index + first.word.length)
}

/** The class of a selector that is nothing else, as `class` names it: `.md\:p-4` is `md:p-4`. */
export function classOf(selector: string): string | undefined {
  const found = /^\.((?:\\[\da-f]{1,6}\s?|\\.|[\w-])+)(?::[\w-]+)*$/i.exec(selector.trim())
  return found?.[1]!.replace(/\\([\da-f]{1,6})\s?|\\(.)/gi, (_, code: string | undefined, one: string) => (code === undefined ? one : String.fromCodePoint(parseInt(code, 16))))
}
