/**
 * A server for each walk: the project is copied with its data, and the copy is started at a port of its own. So every walk
 * begins with the same data, and yours stay as they are.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { test as base } from '@playwright/test'

const START = '{{ start }}'
const SECONDS = 60
const LEFT = new Set(['node_modules', '.venv', 'venv', '.git', '__pycache__', 'test-results', 'playwright-report'])

export const test = base.extend<{ address: string }>({
  address: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'walk-'))
    await cp('.', folder, { recursive: true, filter: (from) => !LEFT.has(basename(from)) })
    if (existsSync('node_modules')) await symlink(resolve('node_modules'), join(folder, 'node_modules'))
    const port = await freePort()
    const address = `http://localhost:${port}`
    const environment = { ...process.env, PORT: String(port), HOST: '127.0.0.1' }
    const server = spawn(START, { shell: true, cwd: folder, env: environment, detached: true, stdio: ['ignore', 'ignore', 'inherit'] })
    try {
      await answering(address, () => server.exitCode)
      await use(address)
    } finally {
      try { process.kill(-server.pid!) } catch { /* it has ended by itself */ }
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  },
  baseURL: ({ address }, use) => use(address),
})

async function answering(address: string, ended: () => number | null): Promise<void> {
  for (let tries = 0; tries < SECONDS * 10 && ended() === null; tries++) {
    const answer = await fetch(address).catch(() => undefined)
    if (answer && answer.status < 500) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`The server was started with “${START}” and does not answer at ${address}.`)
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const taken = createServer().listen(0, '127.0.0.1', () => {
      const { port } = taken.address() as AddressInfo
      taken.close(() => resolve(port))
    })
  })
}
