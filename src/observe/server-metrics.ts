/** Memory and CPU of a server elsewhere, read from its page of metrics beside the run: on the main thread, one request at a time. */
import { RunError } from '../errors.ts'
import { cpuPercent } from './cpu-percent.ts'
import { createPageReader, type PageAnswer, type PageTls } from './server-metrics-request.ts'
import { type ParsedMetrics, parseServerMetrics, type ServerFigures } from './server-metrics-text.ts'
import { describeTally, type MetricsWarning, NOTHING_MET, type Tally } from './server-metrics-warnings.ts'

/** A reading is good for this long. */
const STALE_US = 3_000_000
/** A slower answer is not about the moment at which it was asked for. */
const SLOWEST_MOMENT_US = 500_000
/** Longer without an answer, and a reading is missing. */
const SLOW_US = 1_000_000
/** An overloaded server takes seconds to answer, and just then its CPU is wanted. */
const TIMEOUT_MS = 10_000
/** Before the load it has nothing else to do. */
const FIRST_TIMEOUT_MS = 3000
/** After a sample, so that the next one, a second later, finds a reading of just before. */
const AHEAD_MS = 900
/** A sample that finds no reading younger than this begins one: a phase has changed. */
const FRESH_US = 300_000
/** A server counts its CPU in steps of up to 10 ms, and the answer's way varies: shorter windows are guesses. */
const LEAST_WINDOW_US = 400_000
const KEPT_US = 3 * 1000 * TIMEOUT_MS
/** A start time is computed anew each time by some libraries. */
const SAME_START_SEC = 5
export interface ServerMetricsOptions {
  /** http:// or https://, may hold secrets. */
  readonly url: string
  /** The same without them, for messages. */
  readonly shownUrl: string
  readonly tls: PageTls
  readonly nowUs: () => number
}

/** What is known of the server's side; null: not on the page, or not read within 3 s. */
export interface MetricsSample {
  readonly rssBytes: number | null
  /** Per cent of one core, up to the last reading; null when none has come since the sample before. */
  readonly cpuPercent: number | null
}

export interface ServerMetrics {
  /** Cores that the server may use; null: it does not say. */
  readonly cores: number | null
  /** The latest reading; the next one is begun so that a sample in a second finds it. */
  sample(): MetricsSample
  /**
   * Asks for the memory at this moment: `onKnown` gets that of a reading which begins now, or null when that fails. Returns
   * what is known already: of a reading at most 0.3 s old, else null.
   */
  readMoment(onKnown: (rssBytes: number | null) => void): number | null
  /** Of the time since this was called last. */
  takeWarnings(): MetricsWarning[]
  close(): void
}

interface Reading {
  readonly beganUs: number
  /** When the answer was there: a busy server has let the request wait, and then looks at its counters. */
  readonly atUs: number
  readonly figures: ServerFigures
}

interface Moment {
  readonly atUs: number
  readonly onKnown: (rssBytes: number | null) => void
}

/**
 * Reads the page once and then as it is sampled.
 * @throws RunError when the page cannot be read or is of neither format
 */
export async function openServerMetrics(options: ServerMetricsOptions): Promise<ServerMetrics> {
  const { url, shownUrl, tls, nowUs } = options
  const page = createPageReader(url, tls)
  const beganUs = nowUs()
  const first = parseAnswer(await page.read(FIRST_TIMEOUT_MS))
  if (!first.ok) {
    page.close()
    throw new RunError(`--server-metrics ${shownUrl}: ${first.problem}`)
  }
  let readings: Reading[] = [{ beganUs, atUs: nowUs(), figures: first.figures }]
  let cores = first.figures.cores
  let moments: Moment[] = []
  /** When the reading under way began. */
  let sinceUs: number | null = null
  let isWanted = false
  let isClosed = false
  let sampledUs = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  let tally: Tally = NOTHING_MET

  async function read(): Promise<void> {
    if (sinceUs !== null || isClosed) return
    const beganUs = nowUs()
    sinceUs = beganUs
    const answer = await page.read(TIMEOUT_MS)
    sinceUs = null
    if (isClosed) return
    take(beganUs, nowUs(), parseAnswer(answer))
    if (isWanted) {
      isWanted = false
      void read()
    }
  }

  function take(beganUs: number, atUs: number, answer: ParsedMetrics): void {
    tally = { ...tally, asked: tally.asked + 1 }
    settleMoments(beganUs, answer.ok && atUs - beganUs <= SLOWEST_MOMENT_US ? answer.figures : null)
    if (!answer.ok) {
      tally = { ...tally, missed: tally.missed + 1, lastProblem: answer.problem }
      return
    }
    const { figures } = answer
    const before = readings.at(-1)
    if (before !== undefined && hasRestarted(before.figures, figures)) {
      tally = { ...tally, restarts: tally.restarts + 1 }
      readings = []
    }
    cores = figures.cores ?? cores
    readings = [...readings.filter((one) => atUs - one.atUs < KEPT_US), { beganUs, atUs, figures }]
    tally = { ...tally, greatestPercent: Math.max(tally.greatestPercent, latestPercent() ?? 0) }
  }

  function settleMoments(beganUs: number, figures: ServerFigures | null): void {
    const isSettled = ({ atUs }: Moment) => atUs <= beganUs
    for (const moment of moments.filter(isSettled)) {
      moment.onKnown(beganUs - moment.atUs <= FRESH_US ? (figures?.rssBytes ?? null) : null)
    }
    moments = moments.filter((moment) => !isSettled(moment))
  }

  function latest(isRecent: (reading: Reading) => boolean): ServerFigures | null {
    const reading = readings.at(-1)
    return reading !== undefined && isRecent(reading) ? reading.figures : null
  }

  function latestPercent(): number | null {
    const after = readings.at(-1)
    if (after === undefined) return null
    const { cpuUs } = after.figures
    if (cpuUs === null) return after.figures.cpuPercent
    const before = readings.findLast((one) => after.atUs - one.atUs >= leastWindow(one, after))
    const beforeUs = before?.figures.cpuUs ?? null
    if (before === undefined || beforeUs === null) return null
    return cpuPercent({ atUs: before.atUs, cpuUs: beforeUs }, { atUs: after.atUs, cpuUs })
  }

  return {
    get cores() {
      return cores
    },
    sample() {
      const now = nowUs()
      clearTimeout(timer)
      if (!isClosed) timer = setTimeout(read, AHEAD_MS)
      if (latest(({ atUs }) => now - atUs <= FRESH_US) === null) void read()
      const rssBytes = latest(({ atUs }) => now - atUs <= STALE_US)?.rssBytes ?? null
      // An old share must not stand for a time that is not in it.
      const isNew = latest(({ atUs }) => atUs > sampledUs) !== null
      sampledUs = now
      return { rssBytes, cpuPercent: isNew ? latestPercent() : null }
    },
    readMoment(onKnown) {
      const now = nowUs()
      moments.push({ atUs: now, onKnown })
      // What is under way has begun before.
      if (sinceUs !== null) isWanted = true
      else void read()
      return latest(({ beganUs }) => now - beganUs <= FRESH_US)?.rssBytes ?? null
    },
    takeWarnings() {
      const waitedUs = sinceUs === null ? 0 : nowUs() - sinceUs
      if (waitedUs > SLOW_US) {
        const lastProblem = `it has not answered for ${Math.round(waitedUs / 1e6)} s`
        tally = { ...tally, asked: tally.asked + 1, missed: tally.missed + 1, lastProblem }
      }
      const warnings = describeTally(tally, readings.at(-1)?.figures ?? first.figures, cores)
      tally = NOTHING_MET
      return warnings
    },
    close() {
      isClosed = true
      clearTimeout(timer)
      page.close()
    },
  }
}

/** When exactly the server looked at its counters is not known: the window is at least as long as what it may be off. */
function leastWindow(before: Reading, after: Reading): number {
  return Math.max(LEAST_WINDOW_US, before.atUs - before.beganUs, after.atUs - after.beganUs)
}

function parseAnswer(answer: PageAnswer): ParsedMetrics {
  if (!answer.ok) return answer
  const parsed = parseServerMetrics(answer.text)
  return parsed.ok ? parsed : { ok: false, problem: `it gives ${parsed.problem}` }
}

/** A time that only grows has fallen, or the process has another start. */
function hasRestarted(before: ServerFigures, after: ServerFigures): boolean {
  const hasFallen = before.cpuUs !== null && after.cpuUs !== null && after.cpuUs < before.cpuUs
  const isOther =
    before.startedAtSec !== null &&
    after.startedAtSec !== null &&
    Math.abs(after.startedAtSec - before.startedAtSec) > SAME_START_SEC
  return hasFallen || isOther
}
