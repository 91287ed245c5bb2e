/** Looking again as the page changes: by its mutations and its frames, never after a fixed time. */

/** As soon as the next frame is prepared. A frame that the browser holds back is not waited for. */
export function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 50)
    requestAnimationFrame(() => { clearTimeout(timer); resolve() })
  })
}

/** After what the page has put off until this task is over: frameworks gather changes, and bring them to the page then. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => { port1.close(); resolve() }
    port2.postMessage(0)
  })
}

/** What `look` gives once it gives something; undefined where it has not within `ms`. */
export async function until<T>(look: () => T | undefined, ms: number): Promise<T | undefined> {
  let found = look()
  const end = performance.now() + ms
  if (found !== undefined) return found
  let changed = false
  const done = Promise.withResolvers<void>()
  const observer = watch(() => {
    // Most of what is waited for is there with the first mutation; a page that never rests is looked at once a frame.
    if (!changed) { changed = true; found = look() }
    if (found !== undefined) done.resolve()
  })
  let looked = performance.now()
  while (found === undefined && performance.now() < end) {
    await Promise.race([nextFrame(), done.promise])
    // Values and styles change without a mutation.
    if (found === undefined && (changed || performance.now() - looked > 100)) { changed = false; looked = performance.now(); found = look() }
  }
  observer.disconnect()
  return found
}

/** Resolves once two frames went by without a mutation; at the latest after `ms`. */
export async function rest(ms: number): Promise<void> {
  let changed = false
  const observer = watch(() => { changed = true })
  const end = performance.now() + ms
  for (let still = 0; still < 2 && performance.now() < end; still = changed ? 0 : still + 1) {
    changed = false
    await nextFrame()
  }
  observer.disconnect()
}

function watch(run: () => void): MutationObserver {
  const observer = new MutationObserver(run)
  observer.observe(document, { childList: true, subtree: true, characterData: true, attributes: true })
  return observer
}
