/** What Vite's own `vite/client` declares: its package is not among those of a page. */
export const AMBIENT = `
interface ImportMetaEnv { readonly [name: string]: any; readonly MODE: string; readonly BASE_URL: string; readonly DEV: boolean; readonly PROD: boolean; readonly SSR: boolean }
interface ImportMeta {
  readonly env: ImportMetaEnv;
  readonly hot?: { accept(...given: any[]): void; dispose(run: (data: any) => void): void; readonly data: any; invalidate(why?: string): void; on(name: string, run: (...given: any[]) => void): void };
  glob<T = any>(pattern: string | string[], options?: object): Record<string, any>;
}
${["*.css", "*.scss", "*.sass", "*.less", "*.styl", "*.pcss"].map((one) => `declare module "${one}" { const names: { readonly [name: string]: string }; export default names; }`).join("\n")}
${["svg", "png", "jpg", "jpeg", "gif", "webp", "avif", "ico", "bmp", "mp3", "mp4", "webm", "ogg", "wav", "flac", "aac", "woff", "woff2", "ttf", "otf", "eot", "pdf", "txt", "glb", "webmanifest"].map((one) => `declare module "*.${one}" { const address: string; export default address; }`).join("\n")}
declare module "*?raw" { const text: string; export default text; }
declare module "*?url" { const address: string; export default address; }
declare module "*?inline" { const text: string; export default text; }
declare module "*?worker" { const made: { new (options?: { name?: string }): Worker }; export default made; }
declare module "*?worker&inline" { const made: { new (options?: { name?: string }): Worker }; export default made; }
declare module "*?init" { const start: (options?: WebAssembly.Imports) => Promise<WebAssembly.Instance>; export default start; }
declare module "*.vue" { const component: any; export default component; }
declare module "*.svelte" { const component: any; export default component; }
declare module "*.md" { const text: any; export default text; }
declare module "*.mdx" { const component: any; export default component; }
declare module "*.yaml" { const data: any; export default data; }
declare module "*.csv" { const data: any; export default data; }
`;

/** Tags while the types of React, or of what stands in its place, are not here: any attribute goes, and so does a key. */
export const JSX = `
declare namespace JSX {
  type Element = any;
  type ElementType = any;
  interface IntrinsicAttributes { key?: any; ref?: any }
  interface ElementChildrenAttribute { children: {} }
  interface IntrinsicElements { [name: string]: any }
}
`;
