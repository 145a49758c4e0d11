/** Can a test be believed, and what limited it? Pure; the constants come from measured runs (README "Can I trust it"). */
import { type FailureCount, LOCAL_LIMITS } from '../record/failures.ts'
import type { Load } from './measurements.ts'
import type { Validity } from './run-result.ts'

/** Open: messages sent ÷ messages due. */
export const MIN_SENT_SHARE = 0.99
/**
 * Open: lateness at P99 that is too much, whatever the response time. Measured at 20,000/s with all of the generator on one
 * quiet core: 0.3 to 1.1 ms; beside hogs 3.5 to 17 ms.
 */
export const MIN_LAG_LIMIT_US = 2000
/** Attempts to come back: lateness at P99 that is nothing beside the seconds that clients wait. */
export const MIN_RETRY_LAG_US = 100_000
/**
 * Open: share of the response time's P99 that our lateness in sending may be; our lateness in reading adds about as much.
 * Measured: 54-99 % when starved, 33-35 % when the server has the same core, under 5 % beside a slow or full server.
 */
export const LAG_SHARE = 0.25
/** Closed and storm: a loop busier than this measures itself. */
export const MAX_LOOP_BUSY = 0.95
/**
 * Closed and storm: a thread of ours that waited longer for a core, of the time, measures who had it.
 * Measured (npm run validity): under 3 % on a core of its own, 9 % at most; 43-95 % beside one to three hogs or the server.
 */
export const MAX_CORE_WAIT = 0.2
/** A server with this share of its cores, or of one thread's core, in use has nothing to spare. */
export const SERVER_FULL = 0.9
/** Shorter than this nothing can be said about CPU. */
export const SHORTEST_JUDGED_US = 1_000_000

export interface ValidityFacts {
  readonly workload: 'open' | 'closed' | 'storm' | 'silent'
  /** Open: of the hold. `unsentByServer`: its socket was full, or it had closed the connection. */
  readonly messagesDue: number
  readonly messagesSent: number
  readonly unsentByServer: number
  readonly pacerLagP99Us: number | null
  /** Of the response time, with fan-out of the delivery time. Null also when it falls among lost messages. */
  readonly latencyP99Us: number | null
  /** Of attempts to come back: our lateness in making them, and the time until they are back. Null without. */
  readonly retryLagP99Us: number | null
  readonly returnP99Us: number | null
  /** Much more comes than is sent (fan-out, pushes): a generator too slow to read lengthens what it measures. */
  readonly isReadingMuch: boolean
  /** What a P99 among lost messages is at least. */
  readonly replyTimeoutUs: number
  /** Length of the phase that is judged: connect for a storm, else hold. */
  readonly judgedUs: number | null
  readonly load: Load
  readonly serverVisible: boolean
  readonly serverCores: number | null
  /** Generator and server may only run on one and the same core. */
  readonly onOneCore: boolean
  readonly failures: readonly FailureCount[]
  /** How long this machine was suspended during the test. */
  readonly suspendedMs: number
}

type Reason = Validity['reasons'][number]

export function judgeValidity(facts: ValidityFacts): Validity {
  const local = [...localLimits(facts.failures), ...suspension(facts)]
  if (local.length > 0) return { state: 'invalid', limitedBy: 'generator', reasons: local }
  const full = serverFull(facts)
  const late = retriedTooLate(facts)
  if (late !== null) return { state: 'generator-limited', limitedBy: 'generator', reasons: [late] }
  if (facts.workload === 'open') return judgeOpen(facts, full)
  return facts.workload === 'silent' ? judgeReading(facts, full) : judgeClosed(facts, full)
}

/** What this machine ran out of. */
function localLimits(failures: readonly FailureCount[]): Reason[] {
  return failures
    .filter((failure) => LOCAL_LIMITS.has(failure.class))
    .map((failure) => ({
      code: failure.class,
      message: `${failure.count} connections failed on this machine's own limit (${failure.detail}): ${REMEDY[failure.class] ?? ''}`,
      value: failure.count,
      limit: 0,
    }))
}

/** Every time and timeout of the run is then wrong on one side of the connections. */
function suspension({ suspendedMs }: ValidityFacts): Reason[] {
  if (suspendedMs === 0) return []
  const message = `this machine was suspended for ${(suspendedMs / 1000).toFixed(1)} s during the test: repeat it, and keep the machine awake`
  return [{ code: 'suspended', message, value: suspendedMs, limit: 0 }]
}

const REMEDY: Readonly<Record<string, string>> = {
  'fd-limit': 'raise it with ulimit -n, or use fewer connections',
  'no-ports': 'add addresses with --source-ip, widen net.ipv4.ip_local_port_range, or use fewer connections',
  'no-memory': 'use fewer connections or a smaller --size',
}

function judgeOpen(facts: ValidityFacts, full: Reason | null): Validity {
  // The cause stands first. Without a core we read late as well as send late, which no pacer lag shows.
  const late = [coreTaken(facts), sentTooLittle(facts), sentTooLate(facts)]
  const reasons = late.filter((reason) => reason !== null)
  if (reasons.length === 0) return judgeReading(facts, full)
  return { state: 'generator-limited', limitedBy: 'generator', reasons }
}

function sentTooLittle({ messagesDue, messagesSent, unsentByServer }: ValidityFacts): Reason | null {
  const owed = messagesDue - unsentByServer
  const share = owed > 0 ? messagesSent / owed : 1
  if (share >= MIN_SENT_SHARE) return null
  const message = `only ${percent(share, 2)} of the messages due were sent, under ${percent(MIN_SENT_SHARE)}: add --workers or another machine, or lower the rate; without one, the load is what the server takes`
  return { code: 'rate-not-reached', message, value: share, limit: MIN_SENT_SHARE }
}

function sentTooLate(facts: ValidityFacts): Reason | null {
  const { messagesSent, pacerLagP99Us: lag, latencyP99Us, replyTimeoutUs } = facts
  const limit = Math.max(MIN_LAG_LIMIT_US, LAG_SHARE * (latencyP99Us ?? replyTimeoutUs))
  if (messagesSent === 0 || lag === null || lag <= limit) return null
  const of = limit > MIN_LAG_LIMIT_US ? ` (${percent(LAG_SHARE)} of the latency's P99)` : ''
  const message = `the generator sent late (pacer lag P99 ${milliseconds(lag)}, over ${milliseconds(limit)}${of}): free this machine's cores, add --workers or another machine, or lower the rate`
  return { code: 'pacer-late', message, value: lag, limit }
}

function retriedTooLate({ retryLagP99Us: lag, returnP99Us }: ValidityFacts): Reason | null {
  if (lag === null || returnP99Us === null) return null
  const limit = Math.max(MIN_RETRY_LAG_US, LAG_SHARE * returnP99Us)
  if (lag <= limit) return null
  const message = `attempts to come back were made late (P99 ${milliseconds(lag)}, over ${milliseconds(limit)}): add --workers or another machine, or use fewer connections`
  return { code: 'retry-late', message, value: lag, limit }
}

/** Where the load does not wait for the generator's loop: it must only keep up with what comes. */
function judgeReading(facts: ValidityFacts, full: Reason | null): Validity {
  if (full !== null) return { state: 'valid', limitedBy: 'server', reasons: [full] }
  return (facts.isReadingMuch ? judgeLoop(facts) : null) ?? { state: 'valid', limitedBy: 'none', reasons: [] }
}

/** The generator's core was somebody else's. Null: it was not, or that is not known. */
function coreTaken({ load: { coreWait }, onOneCore }: ValidityFacts): Reason | null {
  if (coreWait === null || coreWait <= MAX_CORE_WAIT) return null
  const waited = `waited for a core ${percent(coreWait, 1)} of the time, over ${percent(MAX_CORE_WAIT)}`
  const [code, message] = onOneCore
    ? [
        'shared-core',
        `generator and server share one core, for which the generator ${waited}: give them cores of their own (taskset), or another machine to one of them`,
      ]
    : [
        'core-taken',
        `a thread of the generator ${waited}: end what else runs here, use no more --workers than free cores, or move the server to another machine`,
      ]
  return { code, message, value: coreWait, limit: MAX_CORE_WAIT }
}

/** Null: our loop had time to spare, or that is not known. */
function judgeLoop(facts: ValidityFacts): Validity | null {
  const { judgedUs, workload, serverVisible } = facts
  const { loopBusy } = facts.load
  if (judgedUs === null || judgedUs < SHORTEST_JUDGED_US) return null
  const taken = coreTaken(facts)
  if (taken !== null) return { state: 'generator-limited', limitedBy: 'generator', reasons: [taken] }
  if (loopBusy === null || loopBusy <= MAX_LOOP_BUSY) return null
  const busy = `${describeLoop(loopBusy)}, over ${percent(MAX_LOOP_BUSY)}`
  const remedy = {
    open: 'lower the rate, or use fewer receivers',
    silent: 'use fewer connections',
    closed: 'set a --rate',
    storm: 'set a --connect-rate',
  }[workload]
  const spare = hasSpareCpu(facts)
  const more = `add --workers, another machine, or ${remedy}`
  const message = spare
    ? `${busy}, and the server had CPU to spare: ${more}`
    : serverVisible
      ? `${busy}, and whether the server had CPU to spare is not known: ${more}`
      : `${busy}, and the server cannot be seen from here: ${more}; see it with --server-pid or --server-metrics`
  return {
    state: 'generator-limited',
    limitedBy: spare ? 'generator' : 'unknown',
    reasons: [{ code: 'loop-busy', message, value: loopBusy, limit: MAX_LOOP_BUSY }],
  }
}

function judgeClosed(facts: ValidityFacts, full: Reason | null): Validity {
  const { workload, judgedUs } = facts
  const { loopBusy } = facts.load
  if (full !== null) return { state: 'valid', limitedBy: 'server', reasons: [full] }
  if (judgedUs === null || judgedUs < SHORTEST_JUDGED_US || loopBusy === null) {
    const message =
      workload === 'storm'
        ? 'the connect phase was under 1 s, too short to tell what limited it: open more connections'
        : 'the hold was under 1 s, too short to tell what limited it: use a longer --duration, or more --messages'
    return {
      state: 'valid',
      limitedBy: 'unknown',
      reasons: [{ code: 'short', message, value: judgedUs, limit: SHORTEST_JUDGED_US }],
    }
  }
  const busy = judgeLoop(facts)
  if (busy !== null) return busy
  const more = workload === 'storm' ? 'a higher --connect-concurrency' : 'more --connections or --in-flight'
  const message = hasSpareCpu(facts)
    ? `${describeLoop(loopBusy)} and the server was not full: it waits for something else, or takes ${more}`
    : `${describeLoop(loopBusy)}, which is not the limit; see the server's part with --server-pid or --server-metrics`
  return {
    state: 'valid',
    limitedBy: hasSpareCpu(facts) ? 'none' : 'unknown',
    reasons: [{ code: 'loop-free', message, value: loopBusy, limit: MAX_LOOP_BUSY }],
  }
}

/**
 * True when the server was surely not full. Below 90 % of one core neither it nor one of its threads is, however many
 * cores it has; above, that needs the busiest thread (/proc) and the cores, which a page of metrics may not tell.
 */
function hasSpareCpu({ load, serverCores, serverVisible }: ValidityFacts): boolean {
  const { serverCpuPercent: cpu, serverBusiestThreadPercent: thread } = load
  const threadLimit = SERVER_FULL * 100
  if (!serverVisible || cpu === null) return false
  if (cpu < threadLimit) return true
  return thread !== null && thread < threadLimit && serverCores !== null && cpu < threadLimit * serverCores
}

function serverFull({ load, serverCores }: ValidityFacts): Reason | null {
  const { serverCpuPercent: cpu, serverBusiestThreadPercent: thread } = load
  const threadLimit = SERVER_FULL * 100
  if (thread !== null && thread >= threadLimit) {
    const message = `a thread of the server used ${thread.toFixed(0)} % of a core, full from ${threadLimit} %: it does more with less work a message, or with more threads or processes`
    return { code: 'server-thread', message, value: thread, limit: threadLimit }
  }
  if (cpu === null || serverCores === null) return null
  const limit = threadLimit * serverCores
  if (cpu < limit) return null
  const cores = serverCores === 1 ? 'its one core' : `its ${serverCores} cores' ${serverCores * 100} %`
  const message = `the server used ${cpu.toFixed(0)} % of ${cores}, full from ${limit} %: it does more with less work a message, or on more cores`
  return { code: 'server-cpu', message, value: cpu, limit }
}

function describeLoop(loopBusy: number): string {
  return `the generator's busiest thread was ${percent(loopBusy, 1)} busy`
}

function percent(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)} %`
}

function milliseconds(us: number): string {
  return `${(us / 1000).toFixed(us < 10_000 ? 2 : 1)} ms`
}
