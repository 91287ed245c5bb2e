declare module 'babel-preset-solid' {
  const preset: object
  export default preset
}
declare module '@babel/plugin-transform-typescript' {
  const plugin: object
  export default plugin
}
declare module '@babel/core' {
  export function transformAsync(source: string, options: object): Promise<{ code?: string | null } | null>
}
