/** Measurements -> the facts that validity is judged by: at the end of a test, and of what there is of it while it runs. */
import type { Plan } from '../plan/plan.ts'
import type { CounterName } from '../record/series.ts'
import type { Measurements } from './measurements.ts'
import type { ValidityFacts } from './validity.ts'

/** What is known of a test before it has ended, too. */
export type Circumstances = Pick<
  Measurements,
  | 'plan'
  | 'phases'
  | 'connectLoad'
  | 'holdLoad'
  | 'serverVisible'
  | 'serverCores'
  | 'onOneCore'
  | 'failures'
  | 'suspendedMs'
>

export interface Figures {
  readonly count: (name: CounterName) => number
  readonly pacerLagP99Us: number | null
  /** Of judgedLatency(). */
  readonly latencyP99Us: number | null
  /** Of attempts to come back: our lateness in making them, and the time until they are back. */
  readonly retryLagP99Us: number | null
  readonly returnP99Us: number | null
}

/** Pings on schedule are a load as messages are: where nothing else is sent, it is they that are judged. */
function isPinging({ groups }: Plan): boolean {
  return (
    groups.every(({ pacing }) => pacing.kind === 'silent') &&
    groups.some(({ behaviour }) => behaviour.pingEveryUs !== null)
  )
}

/** Our own lateness in sending. */
export function judgedLag(plan: Plan): 'pacer_lag' | 'ping_lag' {
  return isPinging(plan) ? 'ping_lag' : 'pacer_lag'
}

/** The trend whose P99 our own lateness is held against. */
export function judgedLatency(plan: Plan): 'response_time' | 'delivery_time' | 'ping_time' | 'flow_time' {
  if (plan.testType === 'flow') return 'flow_time'
  if (isPinging(plan)) return 'ping_time'
  return plan.fanOut === null ? 'response_time' : 'delivery_time'
}

export function gatherFacts(figures: Figures, measured: Circumstances): ValidityFacts {
  const { plan, phases, connectLoad, holdLoad } = measured
  const { count, pacerLagP99Us, latencyP99Us, retryLagP99Us, returnP99Us } = figures
  const storm = plan.testType === 'storm'
  const kinds = new Set(plan.groups.map((group) => group.pacing.kind))
  const pings = isPinging(plan) ? count('pings_sent') : 0
  const isOpen = kinds.has('open') || pings > 0
  return {
    workload: storm
      ? 'storm'
      : plan.testType === 'leak'
        ? 'silent'
        : isOpen
          ? 'open'
          : kinds.has('closed')
            ? 'closed'
            : 'silent',
    ...(plan.testType === 'flow' ? countFlows(count) : countMessages(count, pings)),
    pacerLagP99Us,
    latencyP99Us,
    retryLagP99Us,
    returnP99Us,
    isReadingMuch: plan.fanOut !== null || plan.push !== null,
    replyTimeoutUs: plan.limits.replyTimeoutUs,
    judgedUs: storm ? phases.connectUs : phases.holdUs,
    load: storm ? connectLoad : holdLoad,
    serverVisible: measured.serverVisible,
    serverCores: measured.serverCores,
    onOneCore: measured.onOneCore,
    failures: measured.failures,
    suspendedMs: measured.suspendedMs,
  }
}

type Sent = Pick<ValidityFacts, 'messagesDue' | 'messagesSent' | 'unsentByServer'>

function countMessages(count: Figures['count'], pings: number): Sent {
  return {
    messagesDue: count('messages_due') + pings,
    messagesSent: count('messages_sent') + pings,
    unsentByServer: count('messages_unsent_full') + count('messages_unsent_closed'),
  }
}

/** Of flows those are due that a client was free for. */
function countFlows(count: Figures['count']): Sent {
  return {
    messagesDue: count('flows_due'),
    messagesSent: count('flows_started'),
    unsentByServer: count('flows_skipped_busy') + count('flows_skipped_closed'),
  }
}
