/**
 * The page as an SVG drawing, which shows it to whoever may not run it: what stands in it and its styles, without scripts,
 * and without what is asked of another server. A browser lets a drawing of a `data:` address be turned into pixels.
 */

const MOST_ELEMENTS = 5_000
const MOST_STYLES = 1_000_000
const MOST_IMAGE_BYTES = 300_000
const MOST_IMAGES = 40
const XHTML = 'http://www.w3.org/1999/xhtml'
const NEVER_SHOWN = 'script,style,link,meta,base,noscript,template,iframe,object,embed,video,audio'
/** What XML cannot hold: control characters, and half of a pair. */
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
const WRITABLE_NAME = /^[A-Za-z_][\w.-]*$/

/** "" for a page that is too large. */
export async function picture(): Promise<string> {
  const live = [...document.documentElement.querySelectorAll('*')]
  if (live.length > MOST_ELEMENTS) return ''
  const drawn = document.documentElement.cloneNode(true) as HTMLElement
  const copies = [...drawn.querySelectorAll('*')]
  let images = 0
  for (const [at, element] of live.entries()) {
    const copy = copies[at]
    if (copy instanceof HTMLElement) images += await asItIs(element, copy, images < MOST_IMAGES)
  }
  for (const element of drawn.querySelectorAll(NEVER_SHOWN)) element.remove()
  for (const element of [drawn, ...drawn.querySelectorAll('*')]) {
    for (const { name } of [...element.attributes]) if (!WRITABLE_NAME.test(name) || name.startsWith('on')) element.removeAttribute(name)
  }
  const style = document.createElementNS(XHTML, 'style')
  style.textContent = styles()
  drawn.querySelector('head')?.append(style)
  drawn.style.background = ground()
  drawn.style.minHeight = '100%'
  const { innerWidth: width, innerHeight: height } = window
  const text = new XMLSerializer().serializeToString(drawn).replace(UNWRITABLE, '')
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><foreignObject x="0" y="0" width="${width}" height="${height}">${text}</foreignObject></svg>`
}

/** Gives a copy what only the page itself knows. How many pictures were taken over: 0 or 1. */
async function asItIs(element: Element, copy: HTMLElement, takesImages: boolean): Promise<number> {
  if (element instanceof HTMLInputElement) {
    if (element.type !== 'file') copy.setAttribute('value', element.type === 'password' ? '•'.repeat(Math.min(element.value.length, 12)) : element.value)
    copy.toggleAttribute('checked', element.checked)
  } else if (element instanceof HTMLTextAreaElement) copy.textContent = element.value
  else if (element instanceof HTMLOptionElement) copy.toggleAttribute('selected', element.selected)
  else if (element instanceof HTMLCanvasElement) copy.replaceWith(still(element, canvasData(element)))
  else if (element instanceof HTMLImageElement && copy instanceof HTMLImageElement) {
    copy.removeAttribute('srcset')
    copy.removeAttribute('loading')
    if (element.currentSrc.startsWith('data:')) return 1
    const data = takesImages ? await imageData(element.currentSrc) : ''
    if (data) copy.src = data
    else copy.removeAttribute('src')
    return 1
  }
  return 0
}

function still(element: HTMLElement, src: string): HTMLImageElement {
  const { width, height } = element.getBoundingClientRect()
  const image = new Image()
  image.className = element.className
  image.style.cssText = `${element.style.cssText};width:${width}px;height:${height}px`
  if (src) image.src = src
  return image
}

function canvasData(canvas: HTMLCanvasElement): string {
  try { return canvas.toDataURL() } catch { return '' }
}

/** Of the app's own pictures alone: nobody else's server is asked for one. */
async function imageData(src: string): Promise<string> {
  if (!src || new URL(src, location.href).origin !== location.origin) return ''
  try {
    const blob = await (await fetch(src)).blob()
    if (blob.size > MOST_IMAGE_BYTES) return ''
    return await new Promise<string>((resolve) => {
      const reader = new FileReader()
      reader.onloadend = () => resolve(typeof reader.result === 'string' ? reader.result : '')
      reader.readAsDataURL(blob)
    })
  } catch { return '' }
}

function styles(): string {
  let text = ''
  for (const sheet of [...document.styleSheets, ...document.adoptedStyleSheets]) {
    if (sheet.disabled) continue
    try {
      for (const rule of sheet.cssRules) if (text.length < MOST_STYLES) text += `${rule.cssText}\n`
    } catch { /* another server's sheet may be used and not read */ }
  }
  return text
}

/** What lies behind the page: the body's, where the page itself has none. */
function ground(): string {
  for (const element of [document.documentElement, document.body]) {
    const { backgroundColor, backgroundImage } = getComputedStyle(element)
    if (backgroundColor !== 'rgba(0, 0, 0, 0)' || backgroundImage.includes('gradient')) return `${backgroundImage.includes('gradient') ? `${backgroundImage} ` : ''}${backgroundColor}`
  }
  return '#ffffff'
}
