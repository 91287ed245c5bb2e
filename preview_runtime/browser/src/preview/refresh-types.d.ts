declare module 'react-refresh/runtime' {
  export function injectIntoGlobalHook(scope: unknown): void
  export function createSignatureFunctionForTransform(): (type?: unknown, key?: string, force?: boolean, hooks?: () => unknown[]) => unknown
  export function register(type: unknown, id: string): void
  export function performReactRefresh(): unknown
  export function isLikelyComponentType(value: unknown): boolean
}
