import type { DependencyRequest, DependencySet } from './engine/engine.ts'
import type { Early } from './instant/early-page.ts'

export interface InstantOptions {
  /** Address of the project's own host, e.g. `http://p-abc.preview.localhost:8000/`. */
  previewUrl: string
  frame: HTMLIFrameElement
  /** The frame shows already what was published last. */
  early?: Early
  /** Where the built files of this package are served: `/runtime/<digest>/`. */
  runtimeUrl: string
  /** Where output is PUT for the preview host to serve, on the builder's own origin. */
  publishUrl: string
  /** Whether the person may PUT output there. For all others the preview host serves what an editor's page or the server made. */
  mayPublish(): boolean
  /** Called when the server refuses output because the session has ended. */
  signedOut(): void
  dependencies(request: DependencyRequest): Promise<DependencySet>
}
