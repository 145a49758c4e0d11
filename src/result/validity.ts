/** Can a test be believed, and what limited it? Pure; the constants come from measured runs (README "Can I trust it"). */
import { type FailureCount, LOCAL_LIMITS } from '../record/failures.ts'
import type { Load } from './measurements.ts'
import type { Validity } from './run-result.ts'

/** Open: messages sent ÷ messages due. */
export const MIN_SENT_SHARE = 0.99
/** Open: lateness at P99 that is too much, whatever the response time. */
export const MIN_LAG_LIMIT_US = 1000
/** Open: share of the response time's P99 that our lateness in sending may be; our lateness in reading adds about as much. */
export const LAG_SHARE = 0.25
/** Closed and storm: a loop busier than this measures itself. */
export const MAX_LOOP_BUSY = 0.95
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
  /** Much more comes than is sent (fan-out, pushes): a generator too slow to read lengthens what it measures. */
  readonly isReadingMuch: boolean
  /** What a P99 among lost messages is at least. */
  readonly replyTimeoutUs: number
  /** Length of the phase that is judged: connect for a storm, else hold. */
  readonly judgedUs: number | null
  readonly load: Load
  readonly serverVisible: boolean
  readonly serverCores: number | null
  readonly failures: readonly FailureCount[]
}

type Reason = Validity['reasons'][number]

export function judgeValidity(facts: ValidityFacts): Validity {
  const local = localLimits(facts.failures)
  if (local.length > 0) return { state: 'invalid', limitedBy: 'generator', reasons: local }
  const full = serverFull(facts)
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

const REMEDY: Readonly<Record<string, string>> = {
  'fd-limit': 'raise it with ulimit -n, or use fewer connections',
  'no-ports': 'add addresses with --source-ip, widen net.ipv4.ip_local_port_range, or use fewer connections',
  'no-memory': 'use fewer connections or a smaller --size',
}

function judgeOpen(facts: ValidityFacts, full: Reason | null): Validity {
  const { messagesDue, messagesSent, unsentByServer, pacerLagP99Us, latencyP99Us } = facts
  const reasons: Reason[] = []
  const owed = messagesDue - unsentByServer
  const share = owed > 0 ? messagesSent / owed : 1
  if (share < MIN_SENT_SHARE) {
    reasons.push({
      code: 'rate-not-reached',
      message: `only ${(share * 100).toFixed(1)} % of the messages due were sent: add --workers, another machine, or lower the rate`,
      value: share,
      limit: MIN_SENT_SHARE,
    })
  }
  const lagLimit = Math.max(MIN_LAG_LIMIT_US, LAG_SHARE * (latencyP99Us ?? facts.replyTimeoutUs))
  if (messagesSent > 0 && pacerLagP99Us !== null && pacerLagP99Us > lagLimit) {
    reasons.push({
      code: 'pacer-late',
      message: `the generator sent late (pacer lag P99 ${(pacerLagP99Us / 1000).toFixed(1)} ms): free this machine's cores, add --workers, or lower the rate`,
      value: pacerLagP99Us,
      limit: lagLimit,
    })
  }
  if (reasons.length > 0) return { state: 'generator-limited', limitedBy: 'generator', reasons }
  return judgeReading(facts, full)
}

/** Where the load does not wait for the generator's loop: it must only keep up with what comes. */
function judgeReading(facts: ValidityFacts, full: Reason | null): Validity {
  if (full !== null) return { state: 'valid', limitedBy: 'server', reasons: [full] }
  return (facts.isReadingMuch ? judgeLoop(facts) : null) ?? { state: 'valid', limitedBy: 'none', reasons: [] }
}

/** Null: our loop had time to spare, or that is not known. */
function judgeLoop({
  load: { loopBusy },
  serverVisible,
  workload,
  judgedUs,
}: ValidityFacts): Validity | null {
  if (judgedUs === null || judgedUs < SHORTEST_JUDGED_US) return null
  if (loopBusy === null || loopBusy <= MAX_LOOP_BUSY) return null
  const busy = `the generator's busiest thread was ${(loopBusy * 100).toFixed(0)} % busy`
  const remedy = {
    open: 'lower the rate, or use fewer receivers',
    silent: 'use fewer connections',
    closed: 'set a --rate',
    storm: 'set a --rate',
  }[workload]
  const message = serverVisible
    ? `${busy} and the server had CPU to spare: add --workers, another machine, or ${remedy}`
    : `${busy} and the server cannot be seen from here: ${remedy}, or name the process with --server-pid`
  return {
    state: 'generator-limited',
    limitedBy: serverVisible ? 'generator' : 'unknown',
    reasons: [{ code: 'loop-busy', message, value: loopBusy, limit: MAX_LOOP_BUSY }],
  }
}

function judgeClosed(facts: ValidityFacts, full: Reason | null): Validity {
  const { loopBusy } = facts.load
  const span = facts.workload === 'storm' ? 'connect phase' : 'hold'
  if (full !== null) return { state: 'valid', limitedBy: 'server', reasons: [full] }
  if (facts.judgedUs === null || facts.judgedUs < SHORTEST_JUDGED_US || loopBusy === null) {
    const message = `the ${span} was too short to tell what limited it`
    return {
      state: 'valid',
      limitedBy: 'unknown',
      reasons: [{ code: 'short', message, value: facts.judgedUs, limit: SHORTEST_JUDGED_US }],
    }
  }
  const busy = judgeLoop(facts)
  if (busy !== null) return busy
  const limitedBy = facts.serverVisible ? 'none' : 'unknown'
  const message = `the generator's busiest thread was ${(loopBusy * 100).toFixed(0)} % busy`
  return {
    state: 'valid',
    limitedBy,
    reasons: [{ code: 'loop-free', message, value: loopBusy, limit: MAX_LOOP_BUSY }],
  }
}

function serverFull({ load, serverCores }: ValidityFacts): Reason | null {
  const { serverCpuPercent, serverBusiestThreadPercent } = load
  if (serverBusiestThreadPercent !== null && serverBusiestThreadPercent >= SERVER_FULL * 100) {
    const message = `a thread of the server used ${serverBusiestThreadPercent.toFixed(0)} % of a core`
    return { code: 'server-thread', message, value: serverBusiestThreadPercent, limit: SERVER_FULL * 100 }
  }
  if (
    serverCpuPercent !== null &&
    serverCores !== null &&
    serverCpuPercent >= SERVER_FULL * 100 * serverCores
  ) {
    const message = `the server used ${serverCpuPercent.toFixed(0)} % of its ${serverCores} cores' ${serverCores * 100} %`
    return { code: 'server-cpu', message, value: serverCpuPercent, limit: SERVER_FULL * 100 * serverCores }
  }
  return null
}
