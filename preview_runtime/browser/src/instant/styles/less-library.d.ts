declare module 'less/lib/less/index.js' {
  interface Less { render(source: string, options: Record<string, unknown>): Promise<{ css: string }> }
  export default function createLess(environment: object, fileManagers: object[]): Less
}
declare module 'less/lib/less/environment/abstract-file-manager.js' {
  const AbstractFileManager: unknown
  export default AbstractFileManager
}
