/** `stress verify`: the checks of a dialect against a running server, then short performance runs. */
import { randomBytes } from 'node:crypto'
import { EXIT, RunError, UsageError } from '../errors.ts'
import { startDemoServer } from '../observe/server-process.ts'
import { acceptsConnections, addressOf } from '../observe/wait-for-port.ts'
import { redactUrl } from '../plan/target-url.ts'
import { type OpenOutputs, openOutputs, writeText } from '../report/write.ts'
import { run } from '../run/run.ts'
import type { CheckResult } from '../verify/check.ts'
import { renderJunit } from '../verify/junit.ts'
import type { VerifyTarget } from '../verify/lab.ts'
import { createListing } from '../verify/listing.ts'
import { listMeasurements, measurePerformance } from '../verify/performance.ts'
import { resolveUrls } from '../verify/resolve-urls.ts'
import { runChecks } from '../verify/run-checks.ts'
import { SUITES } from '../verify/suites.ts'
import { tap } from '../verify/tap.ts'
import { createPlan } from './create-plan.ts'
import type { VerifyCommand } from './parse-verify.ts'
import type { Signals } from './signals.ts'

export interface VerifyContext {
  readonly stdout: NodeJS.WriteStream
  readonly signals: Pick<Signals, 'signal' | 'exitCode'>
}

/** A server that listens, and how to end it. */
interface Subject {
  readonly target: VerifyTarget
  /** Of the server that was started; null: it is somebody else's. */
  readonly pid: number | null
  stop(): Promise<void>
}

/**
 * Returns the exit code: 99 when a check failed.
 * @throws RunError when the server cannot be reached or started
 */
export async function verify(command: VerifyCommand, context: VerifyContext): Promise<number> {
  const { signal } = context.signals
  const junit = openJunit(command.junit, context.stdout)
  try {
    const subject = await findSubject(command, signal)
    try {
      const results = await report(command, subject, context)
      const { failure } = await junit.write(() => renderJunit(results))
      if (failure !== null) throw failure
      const failed = results.some(({ outcome }) => outcome.state === 'fail')
      return context.signals.exitCode() ?? (failed ? EXIT.threshold : EXIT.passed)
    } finally {
      await subject.stop()
    }
  } finally {
    junit.discard()
  }
}

async function report(
  command: VerifyCommand,
  { target, pid }: Subject,
  { stdout, signals: { signal } }: VerifyContext,
): Promise<CheckResult[]> {
  const asTap = command.tap ?? stdout.isTTY !== true
  const format = asTap ? tap : createListing(command.color && stdout.isTTY === true && stdout.hasColors())
  const checks = SUITES[target.dialect] ?? []
  const measurements = command.skipPerformance ? [] : listMeasurements(target)
  const results: CheckResult[] = []
  const startMs = performance.now()
  const onResult = (result: CheckResult): void => {
    results.push(result)
    stdout.write(format.result(result, results.length))
  }
  const head = { dialect: target.dialect, url: redactUrl(target.url) }
  await writeText(stdout, format.head({ ...head, total: checks.length + measurements.length }))
  await runChecks(checks, target, { signal, onResult })
  if (!signal.aborted)
    await measurePerformance(measurements, target, { serverPid: pid, createPlan, run, signal, onResult })
  await writeText(stdout, format.end(results, performance.now() - startMs, signal.aborted))
  return results
}

async function findSubject(command: VerifyCommand, signal: AbortSignal): Promise<Subject> {
  const { dialect, wsUrl, serverUrl, serve } = command
  if (serve !== null) return startSubject(command, serve, signal)
  const { url, httpUrl, token } = resolveUrls({ dialect, wsUrl, serverUrl })
  for (const address of new Set([url, httpUrl])) {
    const { host, port } = addressOf(address.replace(/^http/i, 'ws'))
    if (await acceptsConnections({ host, port })) continue
    throw new RunError(`${host} port ${port} does not accept connections; is the server running?`)
  }
  const tokens = token === null ? command.tokens : [...command.tokens, token]
  const target = makeTarget({ ...command, tokens }, { url, httpUrl, fresh: false })
  return { target, pid: null, stop: async () => {} }
}

async function startSubject(
  command: VerifyCommand,
  serve: readonly string[],
  signal: AbortSignal,
): Promise<Subject> {
  const { dialect, intervalMs } = command
  const jwtSecret = command.jwtSecret ?? randomBytes(32).toString('base64url')
  const options = intervalMs === null || serve.includes('--interval') ? [] : ['--interval', `${intervalMs}ms`]
  const server = await startDemoServer({
    serve: [...serve, ...options],
    env: { JWT_SECRET: jwtSecret },
    signal,
  })
  const isStream = dialect === 'sse'
  const urls = resolveUrls({
    dialect,
    wsUrl: isStream ? null : server.url,
    serverUrl: isStream ? server.url : null,
  })
  const isSigned = dialect === 'momentum'
  const target = makeTarget(
    { ...command, jwtSecret: isSigned ? jwtSecret : null },
    { url: urls.url, httpUrl: urls.httpUrl, fresh: true },
  )
  return { target, pid: server.pid, stop: () => server.stop() }
}

function makeTarget(
  command: VerifyCommand,
  place: Pick<VerifyTarget, 'url' | 'httpUrl' | 'fresh'>,
): VerifyTarget {
  const { dialect, headers, insecure, jwtSecret, tokens, intervalMs, slow, timeoutMs } = command
  return { dialect, headers, insecure, jwtSecret, tokens, intervalMs, slow, timeoutMs, ...place }
}

/** Opens the file before anything is done. @throws UsageError */
function openJunit(path: string | null, stdout: NodeJS.WritableStream): OpenOutputs {
  try {
    return openOutputs(path === null ? [] : [{ format: 'txt', path }], stdout)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const example = '--junit verify.xml'
    throw new UsageError(error.mistakes.map((mistake) => ({ ...mistake, where: '--junit', example })))
  }
}
