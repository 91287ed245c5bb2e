import type { WebContainer } from '@webcontainer/api'
import type { Fault } from '../engine/engine.ts'

/** The service behind WebContainers; contacted only after the person agreed. */
export const DEFAULT_EDITOR_ORIGIN = 'https://stackblitz.com'
const PREFLIGHT_MS = 3_000
const BOOT_MS = 30_000

export class BootFault extends Error {
  readonly fault: Fault

  constructor(code: string, message: string) {
    super(message)
    this.fault = { kind: 'platform', code, message }
  }
}

export interface BootOptions { editorOrigin?: string; apiKey?: string; workdirName?: string; bootMs?: number }

/** A boot that did not end holds the client's lock until the page is loaded anew: every later one would wait for ever. */
let stuck = false
let configured = false

/** Whether the service answers at all. With the origin unreachable `boot()` would never settle. */
async function preflight(origin: string): Promise<void> {
  try {
    await fetch(`${origin}/headless`, { mode: 'no-cors', credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(PREFLIGHT_MS) })
  } catch {
    throw new BootFault('unreachable', `WebContainers need ${new URL(origin).host}, which cannot be reached from here.`)
  }
}

/** Boots the one WebContainer of this page. Rejects with BootFault, whose message says why another engine has to do. */
export async function bootContainer(options: BootOptions): Promise<WebContainer> {
  if (stuck) throw new BootFault('boot-stuck', 'An earlier start of WebContainers never ended. Reload the page to try again.')
  if (!globalThis.crossOriginIsolated) throw new BootFault('not-isolated', 'WebContainers need a cross-origin isolated page, which this browser or address does not give.')
  const origin = new URL(options.editorOrigin ?? DEFAULT_EDITOR_ORIGIN).origin
  await preflight(origin)
  if (options.editorOrigin !== undefined) (globalThis as { WEBCONTAINER_API_IFRAME_URL?: string }).WEBCONTAINER_API_IFRAME_URL = origin
  const { WebContainer: client, configureAPIKey } = await import('@webcontainer/api')
  if (options.apiKey && !configured) configureAPIKey(options.apiKey)
  configured = true
  const booting = client.boot({ coep: 'require-corp', forwardPreviewErrors: true, ...(options.workdirName ? { workdirName: options.workdirName } : {}) })
  const late = Promise.withResolvers<never>()
  const limit = options.bootMs ?? BOOT_MS
  const timer = setTimeout(() => {
    stuck = true
    late.reject(new BootFault('boot-timeout', `WebContainers did not start within ${Math.round(limit / 1000)} seconds.`))
  }, limit)
  try { return await Promise.race([booting, late.promise]) } catch (error) {
    if (error instanceof BootFault) {
      // Should it come up after all, nobody is there to use it.
      booting.then((container) => container.teardown(), () => undefined)
      throw error
    }
    throw new BootFault('boot-failed', `WebContainers could not start: ${error instanceof Error ? error.message : String(error)}`)
  } finally { clearTimeout(timer) }
}
