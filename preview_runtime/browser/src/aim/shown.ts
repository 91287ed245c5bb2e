import { LOOKS } from '../engine/place.ts'
import type { Look, Shown } from '../engine/place.ts'

/** How an element looks at present, as a person may change it. */
export function shown(element: Element): Shown {
  const { x, y, width, height } = element.getBoundingClientRect()
  const style = getComputedStyle(element)
  const looks: Shown['looks'] = {}
  for (const look of LOOKS) {
    if (look === 'gap' && !/flex|grid/.test(style.display)) continue
    if (look === 'width' && style.display === 'inline') continue
    looks[look] = look.endsWith('color') ? colour(style.getPropertyValue(look)) : number(style, look)
  }
  return { box: { x, y, width, height }, looks, ...(element instanceof HTMLImageElement && { picture: { src: element.getAttribute('src') ?? '', alt: element.alt } }) }
}

function number(style: CSSStyleDeclaration, look: Look): string {
  const name = look === 'gap' ? 'row-gap' : look === 'border-radius' ? 'border-top-left-radius' : /^(?:padding|margin)$/.test(look) ? `${look}-top` : look.replace('-block', '-top').replace('-inline', '-left')
  return String(Math.round((parseFloat(style.getPropertyValue(name)) || 0) * 100) / 100)
}

/** In the eight bits of each part that a field of colour takes, whatever the colour space. */
function colour(value: string): string {
  const context = new OffscreenCanvas(1, 1).getContext('2d')
  if (!context) return '#000000'
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, 1, 1)
  context.fillStyle = value
  context.fillRect(0, 0, 1, 1)
  return `#${[...context.getImageData(0, 0, 1, 1).data.slice(0, 3)].map((part) => part.toString(16).padStart(2, '0')).join('')}`
}
