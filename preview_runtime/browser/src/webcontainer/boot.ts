import type { WebContainer } from '@webcontainer/api'
import { phrase, reasonOf } from '../engine/phrase.ts'
import type { Fault } from '../engine/engine.ts'
import type { Phrase } from '../engine/phrase.ts'

/** The service behind WebContainers; contacted only after the person agreed. */
export const DEFAULT_EDITOR_ORIGIN = 'https://stackblitz.com'
const PREFLIGHT_MS = 3_000
const BOOT_MS = 30_000

export class BootFault extends Error {
  readonly fault: Fault

  constructor(code: string, says: Phrase) {
    super(says.key)
    this.fault = { kind: 'platform', code, says }
  }
}

export interface BootOptions { editorOrigin?: string; apiKey?: string; workdirName?: string; bootMs?: number }

/** A boot that never ended holds the client's lock until the page is reloaded: every later boot would wait for ever. */
let stuck = false
let configured = false

/** Whether the service answers at all. With the origin unreachable `boot()` would never settle. */
async function preflight(origin: string): Promise<void> {
  try {
    await fetch(`${origin}/headless`, { mode: 'no-cors', credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(PREFLIGHT_MS) })
  } catch {
    throw new BootFault('unreachable', phrase('engine.webcontainer.unreachable', { host: new URL(origin).host }))
  }
}

/** Boots the one WebContainer of this page. Rejects with BootFault, which says why another engine has to be used. */
export async function bootContainer(options: BootOptions): Promise<WebContainer> {
  if (stuck) throw new BootFault('boot-stuck', phrase('engine.webcontainer.stuck'))
  if (!globalThis.crossOriginIsolated) throw new BootFault('not-isolated', phrase('engine.webcontainer.not_isolated'))
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
    late.reject(new BootFault('boot-timeout', phrase('engine.webcontainer.time_out', { count: Math.round(limit / 1000) })))
  }, limit)
  try { return await Promise.race([booting, late.promise]) } catch (error) {
    if (error instanceof BootFault) {
      // If it comes up after all, nobody uses it any more.
      booting.then((container) => container.teardown(), () => undefined)
      throw error
    }
    throw new BootFault('boot-failed', phrase('engine.webcontainer.not_started', { reason: reasonOf(error) }))
  } finally { clearTimeout(timer) }
}
