/** Somebody's project that uses the package: server.js, what a recipe of the README takes, and a port of its own. Needs dist. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { findFreePort } from '../cli/stress.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** An echo server as the recipes start it: `node server.js`. SLOW_MS delays every reply. */
const SERVER = `
const { WebSocketServer } = require('ws')
const slow = Number(process.env.SLOW_MS || 0)
new WebSocketServer({ host: '127.0.0.1', port: 9001 }).on('connection', (socket) => {
  socket.on('message', (data, isBinary) => {
    const send = () => socket.send(data, { binary: isBinary })
    if (slow) setTimeout(send, slow)
    else send()
  })
})
`

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface ScratchProject {
  readonly folder: string
  /** The text with this project's port in the place of the README's 9001. */
  ported(text: string): string
  write(path: string, content: string): string
  read(path: string): string
  /** Runs a script as CI does: `bash -e`, or another shell. */
  run(
    script: string,
    options?: { env?: Readonly<Record<string, string>>; shell?: readonly string[] },
  ): Promise<Ended>
  remove(): void
}

export async function createScratchProject(): Promise<ScratchProject> {
  const folder = mkdtempSync(join(tmpdir(), 'stress-project-'))
  const port = String(await findFreePort())
  const ported = (content: string): string => content.replaceAll('9001', port)
  const write = (path: string, content: string): string => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
    return join(folder, path)
  }
  const link = (target: string, path: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    symlinkSync(join(root, target), join(folder, path))
  }
  write('package.json', '{ "name": "user", "private": true }')
  write('server.js', ported(SERVER))
  link('.', 'node_modules/ws-stress')
  link('node_modules/ws', 'node_modules/ws')
  link('node_modules/vitest', 'node_modules/vitest')
  link('dist/bin.js', 'node_modules/.bin/stress')
  link('node_modules/vitest/vitest.mjs', 'node_modules/.bin/vitest')
  // Packages are there already; in a second folder they are the same.
  write(
    'bin/npm',
    '#!/bin/sh\ntest "$1" = ci && if [ "$2" = --prefix ]; then ln -s "$PWD/node_modules" "$3/node_modules"; fi\n',
  )
  chmodSync(join(folder, 'bin/npm'), 0o755)
  return {
    folder,
    ported,
    write,
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    async run(script, { env = {}, shell = ['bash', '-e'] } = {}) {
      const [program = '', ...args] = [...shell, write('.step.sh', ported(script))]
      const child = spawn(program, args, {
        cwd: folder,
        env: { ...cleanEnvironment(), PATH: `${join(folder, 'bin')}:${process.env.PATH}`, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const [stdout, stderr, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ])
      return { code, stdout, stderr }
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}

function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(?:STRESS_|CI$|GITHUB_|VITEST|NODE_OPTIONS)/.test(name),
  )
  return Object.fromEntries(own)
}

/** A program of this machine, or null. */
export function findProgram(name: string): string | null {
  try {
    return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
  } catch {
    return null
  }
}
