// Waits in a container beside a Node process that has the common frameworks loaded, and gives the app to it.
//
// Starting Node and loading Express takes a tenth of a second; a process that waits with them loaded takes
// milliseconds. Each runs one app and ends with it; the next is made ready meanwhile. The protocol is that of
// python_agent.py: four bytes of length, a JSON object, the files' bytes; one line of JSON back.
'use strict'

const { spawn, fork } = require('node:child_process')
const fs = require('node:fs')
const net = require('node:net')
const path = require('node:path')

const WORK = '/app'
const PRIVATE = '.sayso'
const PORT = 61001
const GRACE_MS = 300
const READ_MS = 20000
const NEXT_AFTER_MS = 400
const MAX_BYTES = 256 * 1024 * 1024
const FRAMEWORKS = ['express', 'fastify', 'hono', '@hono/node-server', 'ws']
const BUILT_IN = ['node:http', 'node:https', 'node:sqlite', 'node:crypto', 'node:stream', 'node:events', 'node:url']

if (process.argv[2] === 'standby') standby()
else new Agent().serve()

function Agent() {
  let app = null // the child that is the app
  let ready = null // the child that waits
  let replaced = false

  this.serve = () => {
    process.on('SIGTERM', end)
    process.on('SIGINT', end)
    let kept
    try {
      kept = JSON.parse(plain(`${WORK}/${PRIVATE}/run.json`))
    } catch {
      prepare(listen)
      return
    }
    // A container that is started again goes on with what it ran: nobody waits for a process to be made ready.
    try {
      tidy(kept.paths)
      run(kept.run, kept.paths)
    } catch (error) {
      console.error(`The app could not be started again: ${error.message}`)
    }
    listen()
  }

  function listen() {
    net.createServer({ allowHalfOpen: true }, answer).listen(PORT, '0.0.0.0')
  }

  function prepare(done) {
    if (ready) return done?.()
    const child = fork(__filename, ['standby'], { detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    ready = child
    child.once('message', () => done?.())
    child.once('exit', () => {
      if (ready === child) ready = null
    })
  }

  function answer(socket) {
    const chunks = []
    let size = 0
    let head = null
    let start = 0
    let busy = false
    socket.setNoDelay(true)
    socket.setTimeout(READ_MS, () => socket.destroy())
    socket.on('error', () => socket.destroy())
    socket.on('data', async (chunk) => {
      if (busy) return
      chunks.push(chunk)
      size += chunk.length
      if (size > MAX_BYTES) return say({ error: 'the request is too large' })
      if (!head && size >= 4) {
        const bytes = join()
        const length = bytes.readUInt32BE(0)
        if (size < 4 + length) return
        try {
          head = JSON.parse(bytes.toString('utf8', 4, 4 + length))
          start = 4 + length
        } catch (error) {
          return say({ error: String(error) })
        }
      }
      if (!head) return
      const wanted = head.files.reduce((sum, file) => sum + file[1], start)
      if (size < wanted) return
      busy = true
      try {
        await obey(head, join(), start)
        say({ ok: true })
      } catch (error) {
        say({ error: String(error.message || error) })
      }
    })

    function join() {
      if (chunks.length > 1) chunks.splice(0, chunks.length, Buffer.concat(chunks))
      return chunks[0]
    }
    function say(what) {
      busy = true
      socket.end(`${JSON.stringify(what)}\n`)
    }
  }

  async function obey(wanted, bytes, start) {
    if (wanted.run) await endApp()
    tidy(wanted.paths)
    for (const [name, length, mode] of wanted.files) {
      write(name, bytes.subarray(start, start + length), mode)
      start += length
    }
    if (wanted.run) run(wanted.run, wanted.paths)
  }

  function run(wanted, paths) {
    for (const [name, target] of Object.entries(wanted.links)) link(name, target)
    write(`${PRIVATE}/run.json`, Buffer.from(JSON.stringify({ run: wanted, paths })), 0o600)
    const environment = { ...process.env, ...wanted.environment }
    const folder = path.join(WORK, wanted.folder)
    const words = nodeProgram(wanted.command, environment)
    replaced = false
    if (words && ready?.connected && !wanted.environment.NODE_PATH) {
      app = ready
      ready = null
      app.send({ words, environment, folder })
    } else if (words) {
      app = spawn(process.execPath, words, { cwd: folder, env: environment, detached: true, stdio: ['ignore', 'inherit', 'inherit'] })
    } else {
      app = spawn('sh', ['-c', wanted.command], { cwd: folder, env: environment, detached: true, stdio: ['ignore', 'inherit', 'inherit'] })
    }
    const child = app
    write(`${PRIVATE}/child`, Buffer.from(`${child.pid}\n`), 0o644)
    child.once('error', (error) => {
      console.error(`The app could not be started: ${error.message}`)
      process.exit(70)
    })
    child.once('exit', (code, signal) => {
      if (child !== app || replaced) return
      process.exit(signal ? 128 + (require('node:os').constants.signals[signal] || 0) : code)
    })
    if (words) setTimeout(prepare, NEXT_AFTER_MS)
  }

  async function endApp() {
    if (!app) return
    const child = app
    replaced = true
    const ended = child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((done) => child.once('exit', done))
    signalSession(child.pid, 'SIGTERM')
    const timer = setTimeout(() => signalSession(child.pid, 'SIGKILL'), GRACE_MS)
    await ended
    clearTimeout(timer)
    signalSession(child.pid, 'SIGKILL')
    app = null
  }

  async function end() {
    await endApp()
    process.exit(143)
  }
}

/** The words after `node` where the command is that and nothing else, null where a shell or another program is needed. */
function nodeProgram(command, environment) {
  const text = command.trim().replace(/^exec /, '').replace(/\$\{(\w+)\}|\$(\w+)/g, (_, one, two) => environment[one || two] || '')
  if (/[;&|<>()`$*?[\]~#\n\\'"]/.test(text)) return null
  const words = text.split(/\s+/)
  if (words[0] !== 'node' || words.length < 2 || words[1].startsWith('-')) return null
  return words.slice(1)
}

function inside(name) {
  const parts = name.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..') || name.includes('\0')) {
    throw new Error(`${name} leads out of the project`)
  }
  let here = WORK
  for (const part of parts.slice(0, -1)) {
    here = `${here}/${part}`
    // A link that the app put in the way is not followed.
    const found = fs.lstatSync(here, { throwIfNoEntry: false })
    if (found && !found.isDirectory()) fs.unlinkSync(here)
    if (!found?.isDirectory()) fs.mkdirSync(here, 0o755)
  }
  return `${here}/${parts.at(-1)}`
}

function write(name, content, mode) {
  const place = inside(name)
  if (fs.lstatSync(place, { throwIfNoEntry: false })?.isDirectory()) fs.rmSync(place, { recursive: true })
  const fresh = `${place}.sayso-new`
  fs.rmSync(fresh, { force: true })
  fs.writeFileSync(fresh, content, { mode, flag: 'wx' })
  fs.renameSync(fresh, place)
}

/** The text of a file; a pipe that the app put there holds nobody up. */
function plain(place) {
  const opened = fs.openSync(place, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOFOLLOW)
  try {
    return fs.readFileSync(opened, 'utf8')
  } finally {
    fs.closeSync(opened)
  }
}

/** Removes what an earlier request brought and the project has no more. */
function tidy(paths) {
  let old = []
  try {
    old = plain(`${WORK}/${PRIVATE}/files`).split('\n').filter(Boolean)
  } catch {
    // Nothing was brought yet.
  }
  const kept = new Set(paths)
  for (const name of old) {
    if (kept.has(name)) continue
    try {
      fs.unlinkSync(inside(name))
    } catch {
      // It is gone already.
    }
  }
  write(`${PRIVATE}/files`, Buffer.from(paths.map((name) => `${name}\n`).join('')), 0o644)
}

function link(name, target) {
  const place = inside(name)
  const found = fs.lstatSync(place, { throwIfNoEntry: false })
  if (found?.isSymbolicLink() && fs.readlinkSync(place) === target) return
  if (found) fs.rmSync(place, { recursive: true })
  fs.symlinkSync(target, place)
}

/** To every process of the app's session, also those that left its group. */
function signalSession(session, signal) {
  try {
    process.kill(-session, signal)
  } catch {
    // Nobody is left in the group.
  }
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === session) continue
    try {
      const stat = fs.readFileSync(`/proc/${name}/stat`, 'utf8')
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]) === session) process.kill(Number(name), signal)
    } catch {
      // It ended meanwhile.
    }
  }
}

/** The process that waits with everything loaded and then is the app. */
async function standby() {
  for (const name of BUILT_IN) {
    try {
      process.getBuiltinModule(name)
    } catch {
      // An older Node has not all of them.
    }
  }
  const load = require('node:module').createRequire(`${WORK}/package.json`)
  for (const name of FRAMEWORKS) {
    try {
      load(name)
      await import(require('node:url').pathToFileURL(load.resolve(name)).href)
    } catch {
      // The app will say what it misses.
    }
  }
  // The packages with a second form for `import` are found there only by the module loader itself.
  await Promise.allSettled(['hono', '@hono/node-server', 'ws'].map((name) => import(name)))
  process.once('message', ({ words, environment, folder }) => {
    process.disconnect()
    delete process.send
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
    Object.assign(process.env, environment)
    process.chdir(folder)
    const script = path.resolve(words[0])
    process.argv = [process.execPath, script, ...words.slice(1)]
    process.title = 'node'
    delete require.cache[__filename]
    require('node:module').runMain()
  })
  process.send('ready')
}
