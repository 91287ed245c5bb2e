declare module 'babel-preset-solid' {
  const preset: object
  export default preset
}
declare module '@babel/core' {
  export function transformAsync(source: string, options: object): Promise<{ code?: string | null } | null>
}
