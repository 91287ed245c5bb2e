// Where things are written, asked of the engine's own bundles: one JSON object in, one out.
// In: {dist, files: {path: text}, pointed: [Pointed]}; out: a place or null for each.
import { readFileSync } from 'node:fs'

const { dist, files, pointed } = JSON.parse(readFileSync(0, 'utf8'))
const { Places } = await import(`${dist}/places.js`)
const svelte = async () => (await import(`${dist}/svelte.js`)).parse
const whole = (path) => path.slice(1)
const places = new Places({ text: (path) => files[whole(path)], paths: () => Object.keys(files).map((path) => `/${path}`), whole }, svelte)
const found = []
for (const one of pointed) found.push((await places.place(one)) ?? null)
process.stdout.write(JSON.stringify(found))
