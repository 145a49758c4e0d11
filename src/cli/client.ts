import { fetchJson } from '../client/fetch-json.ts'
import type { TerminalInput } from '../client/keys.ts'
import { momentumSpeech } from '../client/momentum-speech.ts'
import { conversePiped } from '../client/piped.ts'
import { plainSpeech } from '../client/plain-speech.ts'
import { systemScheduler } from '../client/scheduler.ts'
import type { SessionOptions } from '../client/session.ts'
import { fillTarget } from '../client/target.ts'
import { converseOnTerminal } from '../client/terminal.ts'
import { watchServer } from '../client/watch.ts'
import { createLineView, createLiveView } from '../client/watch-view.ts'
import { EXIT, RunError } from '../errors.ts'
import { escapeControls } from '../plan/escape-controls.ts'
import { redactUrl } from '../plan/target-url.ts'
import type { ClientCommand, Identity, WatchCommand } from './parse-client.ts'
import type { Signals } from './signals.ts'

/** A stream of the process, of which little is used. */
export type ClientOutput = NodeJS.WritableStream & {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  hasColors?(): boolean
}

export interface ClientContext {
  readonly stdin: TerminalInput & { readonly isTTY?: boolean }
  readonly stdout: ClientOutput
  readonly stderr: { write(text: string): unknown }
  readonly signals: Pick<Signals, 'signal' | 'exitCode'>
}

const HEARTBEAT_MS = 30_000
const FETCH_MS = 5000

/**
 * Talks to a server until the user or the end of the input ends it; Ctrl-C is a way to end, so its code is 0.
 * @throws RunError when it cannot connect (any more)
 */
export async function runClient(command: ClientCommand, context: ClientContext): Promise<number> {
  const { stdin, stdout, stderr, signals } = context
  const signal = endWithReader(stdout, signals.signal)
  const token = await findToken(command.identity)
  const session: SessionOptions = {
    ...fillTarget(command.url, command.headers, token),
    subprotocols: command.subprotocols,
    insecure: command.insecure,
    maxRetries: command.maxRetries,
    heartbeatMs: command.autoPing ? HEARTBEAT_MS : null,
  }
  const speech = command.dialect === 'momentum' ? momentumSpeech : plainSpeech
  try {
    if (!isTerminal(stdout) || stdin.isTTY !== true) {
      const { waitMs } = command
      const mistakes = await conversePiped(
        { session, speech, waitMs },
        { input: stdin, output: stdout, notes: stderr, scheduler: systemScheduler, signal },
      )
      return interruptedBy(signals) ?? (mistakes > 0 ? EXIT.usage : EXIT.passed)
    }
    const end = await converseOnTerminal(
      { session, speech, shownUrl: redactUrl(command.url), color: useColor(command.color, stdout) },
      { input: stdin, output: stdout, scheduler: systemScheduler, signal },
    )
    if (end.kind === 'failed') throw new RunError(escapeControls(end.reason))
    return interruptedBy(signals) ?? EXIT.passed
  } catch (error) {
    const lacksToken = token === null && error instanceof RunError && error.message.includes('HTTP 401')
    if (lacksToken)
      throw new RunError(`${error.message}; none was sent: give --token, or --jwt-secret to mint one`)
    throw error
  }
}

/** Shows the figures of a Momentum server until it is interrupted, or for a number of ticks: then 3 when none had any. */
export async function runWatch(
  command: WatchCommand,
  { stdout, signals }: Pick<ClientContext, 'stdout' | 'signals'>,
): Promise<number> {
  const { url, intervalMs, ticks, headers, insecure } = command
  const signal = endWithReader(stdout, signals.signal)
  const viewOptions = {
    shownUrl: redactUrl(url),
    intervalMs,
    color: useColor(command.color, stdout),
    now: () => new Date(),
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
  }
  const view = (isTerminal(stdout) ? createLiveView : createLineView)(stdout, viewOptions)
  const answered = await watchServer({
    intervalMs,
    ticks,
    fetch: (path) => fetchJson(`${url}${path}`, { headers, insecure, timeoutMs: FETCH_MS, signal }),
    view,
    scheduler: systemScheduler,
    signal,
  })
  if (signal.aborted || answered > 0) return interruptedBy(signals) ?? EXIT.passed
  throw new RunError(`no figures from ${redactUrl(url)} at any tick`)
}

async function findToken(identity: Identity | null): Promise<string | null> {
  if (identity === null) return null
  if (identity.kind === 'token') return identity.token
  const { mintUserToken } = await import('../tokens/mint-token.ts')
  return await mintUserToken(identity)
}

/** One that can move its cursor. */
function isTerminal(stdout: ClientOutput): boolean {
  return stdout.isTTY === true && process.env.TERM !== 'dumb'
}

function useColor(isWanted: boolean, stdout: ClientOutput): boolean {
  return isWanted && stdout.isTTY === true && stdout.hasColors?.() === true
}

/** Ctrl-C ends it as meant; SIGTERM and SIGHUP keep their code. */
function interruptedBy(signals: Pick<Signals, 'exitCode'>): number | null {
  const code = signals.exitCode()
  return code === EXIT.interrupted ? null : code
}

/** Also aborted when whoever reads the output has gone, as with `| head`. */
function endWithReader(stdout: ClientOutput, signal: AbortSignal): AbortSignal {
  const gone = new AbortController()
  stdout.once('error', () => gone.abort())
  return AbortSignal.any([signal, gone.signal])
}
