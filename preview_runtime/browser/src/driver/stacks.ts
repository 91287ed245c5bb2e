/**
 * Errors without the stack that nobody reads here. In its development build React takes one for every element that it
 * makes, a tenth of what a walk takes; and an app that shows one would show other addresses each time.
 */
export function provideStacks(): void {
  // V8 takes none where the limit is no plain number. Whoever sets it is not told.
  Object.defineProperty(Error, 'stackTraceLimit', { configurable: true, get: () => 0, set: () => undefined })
  if (new Error('').stack === undefined) {
    Object.defineProperty(Error.prototype, 'stack', {
      configurable: true,
      get(this: Error) { return `${this.name}: ${this.message}` },
      set(this: Error, value: unknown) { Object.defineProperty(this, 'stack', { configurable: true, writable: true, value }) },
    })
  }
  // The same for the debugger, which marks the tasks that somebody steps through.
  if ('createTask' in console) delete (console as { createTask?: unknown }).createTask
}
