/** A real nginx with deploy/nginx.conf, as a process without rights, in a folder and on a port of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { waitForPort } from '../../src/observe/wait-for-port.ts'

export const CONFIGURATION = fileURLToPath(new URL('../../deploy/nginx.conf', import.meta.url))
/** Runs workers, owns files: the user `nobody`, when the tests run as root. */
const NOBODY = 65_534

/** Debian's package has it outside an ordinary user's PATH; null: not installed. */
export function findNginx(): string | null {
  const candidates = ['nginx', '/usr/sbin/nginx', '/usr/local/sbin/nginx']
  return candidates.find((path) => spawnSync(path, ['-v']).status === 0) ?? null
}

export interface Nginx {
  readonly port: number
  /** Ends it and removes its folder; what it has logged, all files together. May be called again. */
  stop(): Promise<string>
}

/** Starts `binary` in front of a server on `serverPort`, with `changes` made to the file; resolves when it accepts. */
export async function startNginx(
  binary: string,
  serverPort: number,
  changes: readonly (readonly [from: string, to: string])[] = [],
): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'stress-nginx-'))
  const port = await findFreePort()
  const file = join(folder, 'nginx.conf')
  writeFileSync(
    file,
    adapt(readFileSync(CONFIGURATION, 'utf8'), { binary, folder, port, serverPort, changes }),
  )
  const isRoot = process.getuid?.() === 0
  if (isRoot) {
    chownSync(folder, NOBODY, NOBODY)
    chmodSync(file, 0o644)
  }
  const globals = `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/main.log;`
  const child = spawn(binary, ['-e', `${folder}/start.log`, '-p', folder, '-c', file, '-g', globals], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
  })
  // A test run that is cut short leaves no nginx behind.
  process.once('exit', () => child.kill('SIGTERM'))
  await waitUntilReady(child, port)
  let logs: Promise<string> | null = null
  return {
    port,
    stop: () => {
      logs ??= stopAndRead(child, folder)
      return logs
    },
  }
}

async function stopAndRead(child: ChildProcess, folder: string): Promise<string> {
  if (child.exitCode === null) {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  const names = readdirSync(folder).filter((name) => name.endsWith('.log'))
  const logs = names.map((name) => readFileSync(join(folder, name), 'utf8'))
  rmSync(folder, { recursive: true })
  return logs.join('')
}

interface Places {
  readonly binary: string
  readonly folder: string
  readonly port: number
  readonly serverPort: number
  readonly changes: readonly (readonly [from: string, to: string])[]
}

/** The file as shipped, but for ports and folders; each of them has to be there. */
function adapt(text: string, { binary, folder, port, serverPort, changes }: Places): string {
  const replacements: readonly (readonly [string, string])[] = [
    ['listen 80 ', `listen 127.0.0.1:${port} `],
    ['server 127.0.0.1:8000;', `server 127.0.0.1:${serverPort};`],
    ['/var/log/nginx/', `${folder}/`],
    ...changes,
    ['http {', `http {\n${listTemporaryPaths(binary, folder)}`],
  ]
  return replacements.reduce((adapted, [from, to]) => {
    if (!adapted.includes(from)) throw new Error(`no '${from}' in nginx.conf`)
    return adapted.replaceAll(from, to)
  }, text)
}

/** Where it was built with fixed folders for these, only root may make them. */
function listTemporaryPaths(binary: string, folder: string): string {
  const build = spawnSync(binary, ['-V'], { encoding: 'utf8' }).stderr
  const kinds = [...build.matchAll(/--http-([\w-]+)-temp-path=/g)].map(([, kind]) => kind!.replace('-', '_'))
  return kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};\n`).join('')
}

async function waitUntilReady(child: ChildProcess, port: number): Promise<void> {
  const ended = new AbortController()
  let said = ''
  child.stderr?.on('data', (chunk) => {
    said += chunk
  })
  child.once('exit', () => ended.abort())
  if (!(await waitForPort({ host: '127.0.0.1', port }, ended.signal))) {
    throw new Error(`nginx did not start: ${said}`)
  }
}

/** One that was free a moment ago: nginx does not say which it took when it is given 0. */
async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
