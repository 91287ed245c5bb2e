/** Elements that are content by themselves, with or without text. */
const VISIBLE = 'img,svg,canvas,video,picture,input,textarea,select,button,iframe,object,progress,meter,hr'
const SILENT = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'HEAD', 'TITLE'])

/** Whether a person would see something: text with an area, or an element that draws. */
export function hasContent(): boolean {
  const body = document.body
  if (!body) return false
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT, (node) => (node.parentElement && SILENT.has(node.parentElement.tagName) ? NodeFilter.FILTER_REJECT : node.nodeValue?.trim() ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP))
  for (let node = walker.nextNode(), n = 0; node && n < 50; node = walker.nextNode(), n++) if (shows(node.parentElement!)) return true
  let seen = 0
  for (const element of body.querySelectorAll(VISIBLE)) {
    if (shows(element)) return true
    if (++seen > 50) break
  }
  return false
}

function shows(element: Element): boolean {
  const box = element.getBoundingClientRect()
  return box.width > 0 && box.height > 0 && (typeof element.checkVisibility !== 'function' || element.checkVisibility({ visibilityProperty: true }))
}

/** Calls back once the frame that is being prepared has been handed to the screen. Hidden pages have no frames: they are told at once. */
export function afterFrame(done: (at: number) => void): void {
  const now = (): number => performance.timeOrigin + performance.now()
  if (document.hidden) { setTimeout(() => done(now())); return }
  let told = false
  const tell = (): void => { if (!told) { told = true; done(now()) } }
  requestAnimationFrame(() => {
    // A message runs after the rendering steps of this frame; a timer would wait longer.
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = tell
    port2.postMessage(0)
  })
  setTimeout(tell, 1000)
}
