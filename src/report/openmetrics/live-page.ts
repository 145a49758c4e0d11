/** The page of metrics of a run that goes on. Adds up what comes once a second; all else is made when the page is read. */
import type { Reading } from '../../result/reading.ts'
import type { RunResult, TestResult } from '../../result/run-result.ts'
import { type Family, type Sample, sampleOf, samplesOfState } from './family.ts'
import { toSeconds } from './metric-families.ts'
import {
  CLOSE_CODES_HELP,
  ERRORS_HELP,
  infoFamilies,
  statusFamilies,
  testFamilies,
} from './result-families.ts'
import { type TextForm, writeFamilies } from './write-families.ts'

const PHASES = ['connect', 'warmup', 'hold', 'drain']

/** Of one test, from its start on; they only grow. */
interface Totals {
  sent: Record<string, number>
  received: Record<string, number>
  lost: Record<string, number>
  errors: Record<string, number>
  closeCodes: Record<string, number>
  failed: number
}

export class LivePage {
  readonly #totals = new Map<string, Totals>()
  #last: Reading | null = null
  /** Of the test that runs, since its load began. */
  #soFar: (() => RunResult) | null = null
  /** Of the tests that have ended; once the page was read, also of the one that runs. */
  #result: RunResult | null = null

  addReading(reading: Reading): void {
    const { test, interval, soFar } = reading
    const totals = this.#totals.get(test) ?? createTotals()
    this.#totals.set(test, totals)
    for (const name of ['sent', 'received', 'lost'] as const)
      add(totals[name], interval.phase, interval[name])
    for (const [name, count] of Object.entries(interval.errors)) add(totals.errors, name, count)
    for (const [code, count] of Object.entries(interval.closeCodes)) add(totals.closeCodes, code, count)
    // Of this run of the test; a search for capacity has several, and each begins anew.
    const before = this.#last?.test === test ? this.#last.interval.connectionsFailed : 0
    const failed = interval.connectionsFailed
    totals.failed += failed >= before ? failed - before : failed
    this.#last = reading
    this.#soFar = soFar ?? this.#soFar
  }

  /** A test is over: from now on its figures stay as they are. */
  endTest({ testType, errors }: TestResult, soFar: RunResult): void {
    const totals = this.#totals.get(testType)
    const counted: Record<string, number> = {}
    for (const { class: name, count } of errors) add(counted, name, count)
    // What came after the last interval.
    for (const [name, count] of Object.entries(counted))
      if (totals !== undefined) totals.errors[name] = Math.max(totals.errors[name] ?? 0, count)
    this.#result = soFar
    this.#last = null
    this.#soFar = null
  }

  render(form: TextForm): string {
    const running = this.#last
    if (this.#soFar !== null) this.#result = this.#soFar()
    const result = this.#result
    const families = [
      ...(result === null ? [] : infoFamilies(result)),
      ...(running === null ? [] : readingFamilies(running)),
      ...[...this.#totals].flatMap(([test, totals]) => totalFamilies(test, totals)),
      ...(result?.tests ?? []).flatMap((test) => [
        // What runs has not ended in any way.
        ...(test.testType === running?.test ? [] : statusFamilies(test)),
        ...testFamilies(test),
      ]),
    ]
    return writeFamilies(families, form)
  }
}

function totalFamilies(test: string, totals: Totals): Family[] {
  const by = (label: string, counts: Readonly<Record<string, number>>): Sample[] =>
    Object.entries(counts).map(([name, value]) => ({ suffix: '', labels: { test, [label]: name }, value }))
  return [
    counter('traffic_sent', 'Messages sent so far, by phase.', by('phase', totals.sent)),
    counter('traffic_received', 'Messages received so far, by phase.', by('phase', totals.received)),
    counter('traffic_lost', 'Messages lost so far, by phase.', by('phase', totals.lost)),
    counter('errors', ERRORS_HELP, by('class', totals.errors)),
    counter('close_codes', CLOSE_CODES_HELP, by('code', totals.closeCodes)),
    counter('connection_failures', 'Connections that failed so far.', sampleOf(totals.failed, { test })),
  ]
}

function createTotals(): Totals {
  return { sent: {}, received: {}, lost: {}, errors: {}, closeCodes: {}, failed: 0 }
}

function add(counts: Record<string, number>, name: string, count: number): void {
  counts[name] = (counts[name] ?? 0) + count
}

function readingFamilies({ test, interval }: Reading): Family[] {
  const labels = { test }
  const perSecond = (count: number) => sampleOf((count * 1e6) / interval.durationUs, labels)
  const time = (name: string, help: string, us: number | null): Family => ({
    ...now(`${name}_seconds`, help, sampleOf(toSeconds(us), labels)),
    unit: 'seconds',
  })
  const share = (name: string, help: string, value: number | null): Family => ({
    ...now(`${name}_ratio`, help, sampleOf(value, labels)),
    unit: 'ratio',
  })
  const bytes = (name: string, help: string, value: number | null): Family => ({
    ...now(`${name}_bytes`, help, sampleOf(value, labels)),
    unit: 'bytes',
  })
  const part = (percent: number | null) => (percent === null ? null : percent / 100)
  return [
    now('phase', 'Where the test stands.', samplesOfState(PHASES, interval.phase, labels)),
    now('connections_open', 'Connections that are open.', sampleOf(interval.connectionsOpen, labels)),
    now('sent_per_second', 'Messages sent.', perSecond(interval.sent)),
    now('received_per_second', 'Messages received.', perSecond(interval.received)),
    time('latency_p50', 'Half of the replies came within this.', interval.p50Us),
    time('latency_p99', 'Of 1,000 replies or more, 99 % came within this.', interval.p99Us),
    time('latency_max', 'The slowest reply.', interval.maxUs),
    time('pacer_lag_p99', 'Our own lateness.', interval.pacerLagP99Us),
    share('loop_busy', 'The busiest loop of the generator.', interval.loopBusy),
    share('generator_cpu', 'CPU of the generator, 1 is a whole core.', part(interval.generatorCpuPercent)),
    share('server_cpu', 'CPU of the server, 1 is a whole core.', part(interval.serverCpuPercent)),
    bytes('generator_rss', 'Resident memory of the generator.', interval.generatorRssBytes),
    bytes('server_rss', 'Resident memory of the server.', interval.serverRssBytes),
  ]
}

/** Of the last second. */
function now(name: string, help: string, samples: readonly Sample[]): Family {
  return { name: `stress_now_${name}`, type: 'gauge', unit: '', help, samples }
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name: `stress_${name}`, type: 'counter', unit: '', help, samples }
}
