/** One test: starts its shards, lets them through the phases together, and collects what they measured. */
import { nowUs } from '../engine/clock.ts'
import type { Endpoint } from '../engine/dialer.ts'
import type { Barrier, ShardPort, ShardReport } from '../engine/shard-run.ts'
import type { runThreadShard } from '../engine/thread-shard.ts'
import { type ClockFindings, createMachineClock } from '../observe/machine-clock.ts'
import type { ResourceSample, ResourceSampler } from '../observe/resource-sampler.ts'
import { type RestartCommand, scheduleRestart } from '../observe/restart-command.ts'
import { mapAudience } from '../plan/audience.ts'
import type { Phase, Plan } from '../plan/plan.ts'
import { shardPlan } from '../plan/shard-plan.ts'
import { countOpen as countOpenConnections } from '../record/count-open.ts'
import { mergeFailures } from '../record/failures.ts'
import { FanOutBoard } from '../record/fan-out-board.ts'
import { mergeRecorders } from '../record/recorder.ts'
import type { CounterName, TrendName } from '../record/series.ts'
import { mapShardMemory } from '../record/shard-memory.ts'
import { keepSlowest } from '../record/slowest.ts'
import { mergeSteps } from '../record/step-board.ts'
import { intervalTrend } from '../result/headline.ts'
import type { Measurements, MemoryMoments } from '../result/measurements.ts'
import { isOpenPlan } from '../result/metrics.ts'
import type { Interval } from '../result/run-result.ts'
import type { Circumstances } from '../result/validity-facts.ts'
import { createCollector } from './collector.ts'
import { watchCycles } from './cycle-watch.ts'
import { type Glance, takeGlance } from './glance.ts'
import { watchSlow } from './slow-watch.ts'
import { describeStanding, type Standing } from './standing.ts'

/** Time for a message to reach every thread, so that all begin together. */
const LEAD_US = 10_000
/** After the last connection is closed, until memory is read for `after`. */
const SETTLE_MS = 200

const CUT_SHORT = {
  code: 'all-closed',
  message: 'every connection ended before the load was over',
}

export type ShardRunner = typeof runThreadShard

export interface TestInputs {
  readonly plan: Plan
  readonly endpoints: readonly Endpoint[]
  readonly sampler: ResourceSampler
  readonly runner: ShardRunner
  readonly warnings: Measurements['warnings']
  readonly floor: Measurements['floor']
  /** Ends the test early; the server's own end is `serverGone`. */
  readonly signal: AbortSignal
  readonly serverGone: AbortSignal
  /** `standing` and `soFar` (all that is measured up to now) are made when asked for. */
  readonly onInterval: (interval: Interval, standing: () => Standing, soFar: () => Measurements) => void
  /** Called between intervals too. */
  readonly onGlance: (glance: Glance, clock: PhaseClock) => void
  /** Every so often; null: never. */
  readonly glanceEveryMs: number | null
}

/** Where a test stands. */
export interface PhaseClock {
  readonly phase: Phase
  readonly sinceUs: number
  readonly durationUs: number | null
}

export async function runTest(inputs: TestInputs): Promise<Measurements> {
  const { plan, endpoints, sampler, runner, signal, serverGone } = inputs
  const nobodyOpen = new AbortController()
  const broken = new AbortController()
  const stop = AbortSignal.any([signal, serverGone, nobodyOpen.signal, broken.signal])
  const shards = Array.from({ length: plan.workers }, (_, index) => shardPlan(plan, index))
  const board = createBoard(plan)
  const memories = shards.map((shard) => mapShardMemory(shard, board))
  const startUs = nowUs()
  const spans = { connectUs: 0, warmupUs: 0, drainUs: 0 }
  let clock: PhaseClock = { phase: 'connect', sinceUs: startUs, durationUs: null }
  let holdFromUs = 0
  let openBefore = 0
  let everyoneGone = false
  let idle: ResourceSample | null = null
  let connected: ResourceSample | null = null
  let after: ResourceSample | null = null
  /** One a cycle. */
  const restarts: RestartCommand[] = []
  let restartProblem: string | null = null
  const watch = watchCycles(plan, sampler, () => nowUs() - startUs, stop)
  const slow = watchSlow(plan, () => portOf(endpoints))
  const clocks = createMachineClock({ readMonotonicMs: () => nowUs() / 1000 })
  const series = headlineSeries(plan)
  const collector = createCollector({
    shards: memories,
    sampler,
    ...series,
    open: isOpenPlan(plan),
    startUs,
    onInterval: (interval, soFar) => {
      clocks.check()
      inputs.onInterval(
        interval,
        () => {
          const { phase, sinceUs } = currentPhase()
          const connectUs = spans.connectUs + (phase === 'connect' ? nowUs() - sinceUs : 0)
          return describeStanding(plan, memories, interval, soFar, {
            ...describeCircumstances([]),
            phases: { ...describePhases([]), connectUs },
          })
        },
        () => ({
          ...measure([]),
          // Only the end has need of what is made of them.
          seconds: [],
          // What is under way is not lost yet.
          status: 'aborted',
        }),
      )
    },
  })
  const glancing =
    inputs.glanceEveryMs === null
      ? null
      : setInterval(
          () => inputs.onGlance(takeGlance(memories, series.received, nowUs()), currentPhase()),
          inputs.glanceEveryMs,
        )

  /** The hold begins by the clock, not by a barrier. */
  function currentPhase(): PhaseClock {
    return clock.phase === 'warmup' && nowUs() >= holdFromUs ? holdClock() : clock
  }

  function holdClock(): PhaseClock {
    const leaders = plan.groups.filter(({ stop }) => stop.messages !== null || stop.durationUs !== null)
    const lengths = leaders.map(({ stop }) => stop.durationUs)
    const durationUs = lengths.includes(null) ? null : Math.max(...lengths.map((us) => us ?? 0))
    return { phase: 'hold', sinceUs: holdFromUs, durationUs }
  }

  function enter(phase: Phase, atUs: number, durationUs: number | null): void {
    clock = { phase, sinceUs: atUs, durationUs }
    collector.enter(phase, atUs)
  }

  function count(name: CounterName): number {
    return memories.flatMap(({ groups }) => groups).reduce((sum, { hold }) => sum + hold.get(name), 0)
  }

  /** Opened and not ended by the server: what we closed ourselves in earlier cycles is in it. */
  function countOpen(): number {
    return countOpenConnections(count)
  }

  /** When to go on; a promise where the server is looked at first. */
  function pass(barrier: Barrier): number | Promise<number> {
    if (watch === null) return enterNext(barrier)
    if (barrier === 'connect' && openBefore === 0 && idle === null)
      return watch.begin().then(() => enterNext(barrier))
    if (barrier === 'hold') return watch.connected(countOpen() - openBefore).then(() => enterNext(barrier))
    const atUs = enterNext(barrier)
    return barrier === 'closed' ? watch.left(count('connections_opened')).then(nowUs) : atUs
  }

  function enterNext(barrier: Barrier): number {
    const now = nowUs()
    const atUs = now + LEAD_US
    if (barrier === 'connect') {
      idle ??= collector.sampleMoment()
      openBefore = countOpen()
      enter('connect', atUs, null)
      return atUs
    }
    if (barrier === 'hold') {
      spans.connectUs += Math.max(0, now - clock.sinceUs)
      connected ??= collector.sampleMoment()
      const opened = memories
        .flatMap(({ groups }) => groups)
        .reduce((sum, { hold }) => sum + hold.get('connections_opened'), 0)
      if (opened === 0 && !signal.aborted) nobodyOpen.abort()
      spans.warmupUs += plan.warmupUs
      holdFromUs = atUs + plan.warmupUs
      if (plan.warmupUs > 0) enter('warmup', atUs, plan.warmupUs)
      else clock = holdClock()
      if (plan.cut?.command != null)
        restarts.push(scheduleRestart(plan.cut.command, (holdFromUs + plan.cut.afterUs - now) / 1000))
      slow?.hold(holdFromUs)
      collector.enter('hold', holdFromUs)
      return atUs
    }
    if (barrier === 'drain') {
      slow?.end()
      everyoneGone ||= countOpen() === openBefore && count('connections_opened') > 0
      enter('drain', now, null)
    } else {
      spans.drainUs += now - clock.sinceUs
      board?.reset()
    }
    return now
  }

  const gate = createGate(shards.length, pass)
  let reports: ShardReport[]
  try {
    reports = await Promise.all(
      shards.map((shard, index) =>
        runner(shard, endpoints, memories[index]!, gate, stop).catch((error) => {
          gate.fail(error)
          broken.abort()
          throw error
        }),
      ),
    )
  } finally {
    slow?.end()
    collector.stop()
    if (glancing !== null) clearInterval(glancing)
    watch?.close()
    for (const restart of restarts) restartProblem = (await restart.stop()) ?? restartProblem
  }
  if (!stop.aborted) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
  after = collector.sampleMoment()
  return measure(reports)

  function measure(reports: readonly ShardReport[]): Measurements {
    const groups = plan.groups.map((_, index) =>
      mergeRecorders(memories.map((memory) => memory.groups[index]!.hold.snapshot())),
    )
    const { generator, server } = collector.peaks()
    return {
      ...describeCircumstances(reports),
      status: decideStatus(),
      startUs,
      groups,
      warmup: mergeRecorders(
        memories.flatMap((memory) => memory.groups.map(({ warmup }) => warmup.snapshot())),
      ),
      steps: plan.groups.map((_, index) =>
        mergeSteps(memories.map((memory) => memory.groups[index]!.steps?.snapshot() ?? [])),
      ),
      cycles: watch?.rows() ?? [],
      slow: slow?.watched() ?? null,
      spread: memories.flatMap((memory) => memory.groups.flatMap(({ spread }) => spread.read())),
      slowest: keepSlowest(reports.flatMap((report) => report.slowest)),
      intervals: collector.intervals,
      seconds: collector.seconds,
      server: memoryMoments('serverRssBytes', server),
      generator: memoryMoments('generatorRssBytes', generator),
      floor: inputs.floor,
      warnings: [
        ...inputs.warnings,
        ...(isCutShort() ? [CUT_SHORT] : []),
        ...describeCount(watch?.problem() ?? null),
        ...(restartProblem === null ? [] : [{ code: 'restart-failed', message: restartProblem }]),
        ...describeSteps(clocks.check()),
      ],
    }
  }

  /** What validity is judged by, besides the counts. */
  function describeCircumstances(reports: readonly ShardReport[]): Circumstances {
    return {
      plan,
      phases: describePhases(reports),
      failures: mergeFailures(reports.map((report) => report.failures)),
      serverVisible: sampler.serverVisible,
      serverCores: sampler.serverCores,
      onOneCore: sampler.onOneCore,
      connectLoad: collector.loadOf('connect'),
      holdLoad: collector.loadOf('hold'),
      suspendedMs: clocks.check().suspendedMs,
    }
  }

  function describePhases(reports: readonly ShardReport[]): Measurements['phases'] {
    const holds = reports.map((report) => report.holdUs).filter((us) => us !== null)
    const phaseNow = currentPhase()
    const soFarUs = phaseNow.phase === 'hold' ? nowUs() - phaseNow.sinceUs : null
    return {
      connectUs: spans.connectUs,
      warmupUs: plan.warmupUs === 0 ? null : spans.warmupUs,
      holdUs: holds.length === 0 ? soFarUs : Math.max(...holds),
      drainUs: spans.drainUs,
    }
  }

  function decideStatus(): Measurements['status'] {
    if (nobodyOpen.signal.aborted || serverGone.aborted) return 'failed'
    if (signal.aborted) return 'aborted'
    return isUnheard() || isForsaken() ? 'failed' : 'completed'
  }

  /** The server ended every connection before the load was over. */
  function isCutShort(): boolean {
    return (
      everyoneGone &&
      (count('messages_unsent_closed') > 0 || plan.groups.some(({ stop }) => stop.messages === null))
    )
  }

  /** Everybody was to come back, and nobody did. */
  function isForsaken(): boolean {
    return everyoneGone && plan.cut !== null
  }

  /** The server ended every connection before anything was sent, as good as none had been open. */
  function isUnheard(): boolean {
    if (!everyoneGone || plan.groups.every(({ pacing }) => pacing.kind === 'silent')) return false
    return memories
      .flatMap(({ groups }) => groups)
      .every(({ hold, warmup }) => hold.get('messages_sent') + warmup.get('messages_sent') === 0)
  }

  function memoryMoments(field: 'serverRssBytes' | 'generatorRssBytes', peak: number | null): MemoryMoments {
    const moments = [idle, connected, after].map((sample) => sample?.[field] ?? null)
    const [atIdle = null, atConnected = null, atEnd = null] = moments
    // A moment's own reading may be one that no interval has.
    const known = [peak, ...moments].filter((bytes) => bytes !== null)
    return {
      idle: atIdle,
      connected: atConnected,
      peak: known.length === 0 ? null : Math.max(...known),
      after: atEnd,
    }
  }
}

/** Of the first address: that of the others is no other server's as a rule. */
function portOf(endpoints: readonly Endpoint[]): number | null {
  const [first] = endpoints
  if (first === undefined) return null
  const url = new URL(first.url.replaceAll(/[{}]/g, ''))
  return url.port === '' ? (/^(?:wss|https):/i.test(url.href) ? 443 : 80) : Number(url.port)
}

function describeCount(problem: string | null): { code: string; message: string }[] {
  return problem === null ? [] : [{ code: 'count-unreadable', message: problem }]
}

function describeSteps({ steps, greatestStepMs }: ClockFindings): { code: string; message: string }[] {
  if (steps === 0) return []
  const size = `${greatestStepMs > 0 ? '+' : ''}${(greatestStepMs / 1000).toFixed(1)} s`
  return [
    {
      code: 'clock-step',
      message: `the clock of this machine was set (${size}) during the test; no figure uses it, but startedAt and finishedAt do`,
    },
  ]
}

/** What is shown of a test while it runs. */
function headlineSeries(plan: Plan): {
  latency: TrendName
  received: CounterName
  expected: CounterName | null
} {
  const expected = plan.fanOut === null ? null : 'deliveries_expected'
  const latency = intervalTrend(plan.testType)
  if (latency === 'delivery_time') return { latency, received: 'deliveries_received', expected }
  if (latency === 'flow_time') return { latency, received: 'messages_received', expected }
  if (latency === 'push_interval') return { latency, received: 'pushes_received', expected }
  if (latency === 'ping_time') return { latency, received: 'pongs_received', expected }
  return { latency: isOpenPlan(plan) ? latency : 'service_time', received: 'messages_received', expected }
}

function createBoard(plan: Plan): FanOutBoard | null {
  if (plan.fanOut === null) return null
  const { publishers } = mapAudience(plan)
  return new FanOutBoard({
    shards: plan.workers,
    rooms: plan.fanOut.rooms,
    publishers: Math.max(1, publishers),
  })
}

/** Lets nobody pass a barrier before everybody has come; `pass` says when to go on. */
function createGate(
  count: number,
  pass: (barrier: Barrier) => number | Promise<number>,
): ShardPort & { fail(error: unknown): void } {
  let waiting: { go: (atUs: number) => void; giveUp: (error: unknown) => void }[] = []
  let failure: { error: unknown } | null = null
  return {
    arrive(barrier) {
      return new Promise((go, giveUp) => {
        if (failure !== null) return giveUp(failure.error)
        waiting.push({ go, giveUp })
        if (waiting.length < count) return
        const released = waiting
        waiting = []
        const letGo = (atUs: number) => {
          for (const one of released) one.go(atUs)
        }
        const atUs = pass(barrier)
        if (typeof atUs === 'number') letGo(atUs)
        else
          atUs.then(letGo, (error: unknown) => {
            for (const one of released) one.giveUp(error)
          })
      })
    },
    /** A shard has died and will never come: the others must not wait for it. */
    fail(error) {
      failure = { error }
      for (const one of waiting) one.giveUp(error)
    },
  }
}
