/** Before anything connects: the server is started when it is ours to start, and every client has its token. */
import { randomBytes } from 'node:crypto'
import { findDialect } from '../dialects/registry.ts'
import type { Environment } from '../observe/environment.ts'
import { countProcesses } from '../observe/processes.ts'
import { type ServerProcess, startCommand, startDemoServer } from '../observe/server-process.ts'
import { findPlaceholders } from '../plan/placeholders.ts'
import { countConnections, type Plan, type Target } from '../plan/plan.ts'

export interface OpenTarget {
  /** Started by this run; null: somebody else's. */
  readonly server: ServerProcess | null
  /** As planned, with the addresses and tokens that are used. Holds secrets. */
  readonly target: Target
}

/** How long a user's server may take to accept connections. */
const COMMAND_START_US = 30e6
const SECRET_BYTES = 32

/** @throws RunError when the demo server or the user's command does not start */
export async function openTarget(
  tests: readonly Plan[],
  { fdLimit }: Environment,
  signal: AbortSignal,
): Promise<OpenTarget> {
  const { target, groups } = tests[0]!
  const parameter = findDialect(groups[0]!.dialect)?.tokenParameter ?? null
  const isDemo = target.urls.length === 0
  const secret = target.jwtSecret ?? (isDemo && parameter !== null ? makeSecret() : null)
  const connections = Math.max(...tests.map(countConnections))
  // Several, when one process of the demo server could not hold them; `serve` says so when its clients need one another.
  // They are dealt out evenly, but not exactly (within 2 % measured).
  const processes = countProcesses({ connections: Math.ceil(connections * 1.05), workers: 1, fdLimit })
  const server = await startServer(target, processes, secret, signal)
  const urls = isDemo ? [server!.url] : target.urls
  // Loaded here: most runs have no use for its package.
  const tokens =
    secret === null || target.tokens.length > 0
      ? target.tokens
      : await (await import('../tokens/mint-token.ts')).mintTokens(connections, secret)
  const takesToken = parameter !== null && tokens.length > 0
  return {
    server,
    target: { ...target, tokens, urls: takesToken ? urls.map((url) => addParameter(url, parameter)) : urls },
  }
}

function makeSecret(): string {
  return randomBytes(SECRET_BYTES).toString('hex')
}

async function startServer(
  { command, urls, serve }: Target,
  processes: number,
  secret: string | null,
  signal: AbortSignal,
): Promise<ServerProcess | null> {
  if (urls.length === 0) {
    const env = secret === null ? {} : { JWT_SECRET: secret }
    const words = serve ?? ['echo']
    return startDemoServer({
      serve: processes === 1 ? words : [...words, '--processes', String(processes)],
      env,
      signal,
    })
  }
  return command === null ? null : startCommand(command, urls[0]!, { timeoutUs: COMMAND_START_US, signal })
}

/** Where the token goes when the URL does not say. */
function addParameter(url: string, name: string): string {
  if (findPlaceholders(url).includes('token')) return url
  return `${url}${url.includes('?') ? '&' : '?'}${name}={token}`
}
