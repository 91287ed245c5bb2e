import * as runtime from 'react-refresh/runtime'
// The build leaves this import standing as /@sayso/client.js: one instance for the whole page.
import { afterUpdate } from './client.ts'

/** React Fast Refresh for the preview page. Runs before React: it puts itself into the DevTools hook that React looks for. */
runtime.injectIntoGlobalHook(globalThis)

export const signature = runtime.createSignatureFunctionForTransform

/** `$RefreshReg$` of one module. */
export function registrar(id: string): (type: unknown, name: string) => void {
  return (type, name) => { if (runtime.isLikelyComponentType(type)) runtime.register(type, `${id} ${name}`) }
}

let waiting = false
afterUpdate(() => {
  if (!waiting) return
  waiting = false
  runtime.performReactRefresh()
})

/** Lets a module that exports nothing but components take its own replacement. */
export function boundary(hot: { accept(callback: (module?: Record<string, unknown>) => void): void; invalidate(): void }): void {
  hot.accept((module) => {
    if (!module) return
    const values = Object.values(module)
    if (values.length > 0 && values.every((value) => runtime.isLikelyComponentType(value))) waiting = true
    else hot.invalidate()
  })
}
