import { extension } from './paths.ts'

const TYPES: Record<string, string> = {
  '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.mjs': 'text/javascript', '.json': 'application/json',
  '.txt': 'text/plain', '.md': 'text/markdown', '.csv': 'text/csv', '.xml': 'application/xml', '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.gif': 'image/gif', '.webp': 'image/webp',
  '.avif': 'image/avif', '.ico': 'image/x-icon', '.bmp': 'image/bmp',
  '.woff': 'font/woff', '.woff2': 'font/woff2', '.ttf': 'font/ttf', '.otf': 'font/otf', '.eot': 'application/vnd.ms-fontobject',
  '.mp3': 'audio/mpeg', '.wav': 'audio/wav', '.ogg': 'audio/ogg', '.flac': 'audio/flac', '.m4a': 'audio/mp4',
  '.mp4': 'video/mp4', '.webm': 'video/webm', '.mov': 'video/quicktime', '.vtt': 'text/vtt',
  '.pdf': 'application/pdf', '.wasm': 'application/wasm', '.glb': 'model/gltf-binary', '.gltf': 'model/gltf+json', '.geojson': 'application/geo+json',
}

export const mimeType = (path: string): string => TYPES[extension(path)] ?? 'application/octet-stream'

const MODULES = new Set(['.html', '.css', '.js', '.mjs', '.json'])

/** Whether importing the file gives its URL, as Vite does for pictures, fonts, media and the like. */
export const isAsset = (path: string): boolean => extension(path) in TYPES && !MODULES.has(extension(path))

/** Pictures, fonts and other files that an app shows unchanged. */
export const isPicture = (path: string): boolean => isAsset(path) && !/\/(?:README|LICENSE|CHANGELOG)[^/]*$/i.test(path)

/** Data that modules import: it is also served under its own name, which hardly anybody requests. */
export const isData = (path: string): boolean => extension(path) === '.json' && path.startsWith('/src/')

/** Text files that an app may request by name. */
export const isReadable = (path: string): boolean => /\.(?:json|geojson|gltf|md|txt|csv|xml|vtt)$/i.test(path)

const SCRIPTS = new Set(['.ts', '.tsx', '.js', '.jsx', '.mjs', '.mts', '.cjs', '.cts'])

export const isScript = (path: string): boolean => SCRIPTS.has(extension(path))

const SHEETS = new Set(['.scss', '.sass', '.less'])

/** Whether a style sheet is written in a language that becomes CSS first. */
export const isForeignSheet = (path: string): boolean => SHEETS.has(extension(path))

/** Whether a file is a style sheet that the engine can read. */
export const isSheet = (path: string): boolean => /\.(?:css|pcss|postcss)$/i.test(path) || isForeignSheet(path)
