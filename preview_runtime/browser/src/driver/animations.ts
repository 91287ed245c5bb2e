/**
 * What moves on a page is where it comes to rest, at once: what moves for a moment at its end, what moves for ever at its
 * beginning. The browser tells of the end with its next frame; a page that nobody looks at has few of them, and so it is
 * told by us, once.
 */

/** What was told of, by its target, and of the browser's own telling still to come. */
const told = new WeakMap<EventTarget, Map<string, number>>()

export function provideAnimations(): void {
  const once = (event: Event): void => {
    const name = event instanceof TransitionEvent ? event.propertyName : event instanceof AnimationEvent ? event.animationName : ''
    const key = `${event.type} ${name}`
    const times = event.isTrusted && event.target ? told.get(event.target)?.get(key) ?? 0 : 0
    if (times === 0) return
    told.get(event.target!)!.set(key, times - 1)
    event.stopImmediatePropagation()
  }
  for (const type of ['transitionend', 'animationend']) window.addEventListener(type, once, true)
  const { animate } = Element.prototype
  Element.prototype.animate = function (...given) {
    const animation = animate.apply(this, given)
    animation.addEventListener('finish', once)
    return animation
  }
}

/** Brings everything to its rest. Whether anything was under way. */
export function finishAnimations(): boolean {
  let any = false
  for (const animation of document.getAnimations()) {
    const timing = animation.effect?.getComputedTiming()
    try {
      if (timing?.endTime === Infinity) {
        animation.currentTime = 0
        animation.pause()
      } else if (animation.playState !== 'finished') {
        any = true
        animation.finish()
        tell(animation, Number(timing?.activeDuration ?? 0) / 1_000)
      }
    } catch { /* one that plays at no speed has no end */ }
  }
  return any
}

function tell(animation: Animation, elapsedTime: number): void {
  const effect = animation.effect as KeyframeEffect | null
  const pseudoElement = effect?.pseudoElement ?? ''
  if (animation instanceof CSSTransition) dispatch(effect?.target, new TransitionEvent('transitionend', { bubbles: true, propertyName: animation.transitionProperty, elapsedTime, pseudoElement }), animation.transitionProperty)
  else if (animation instanceof CSSAnimation) dispatch(effect?.target, new AnimationEvent('animationend', { bubbles: true, animationName: animation.animationName, elapsedTime, pseudoElement }), animation.animationName)
  else dispatch(animation, new AnimationPlaybackEvent('finish', { currentTime: animation.currentTime, timelineTime: animation.timeline?.currentTime ?? null }), '')
}

function dispatch(target: EventTarget | null | undefined, event: Event, name: string): void {
  if (!target) return
  const key = `${event.type} ${name}`
  const times = told.get(target) ?? new Map<string, number>()
  told.set(target, times.set(key, (times.get(key) ?? 0) + 1))
  target.dispatchEvent(event)
}
