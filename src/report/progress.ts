/** What a person sees while a run goes on: a block redrawn in place on a terminal, else a plain line every 5 s. */
import type { Progress } from '../result/progress.ts'
import {
  formatCount,
  formatDurationUs,
  formatPercent,
  formatPlural,
  formatRate,
  formatSpanUs,
} from './format.ts'
import { renderFrame } from './live/frame.ts'
import { namePhase, nameTest, showSeconds, showTenths } from './live/head.ts'
import { createScreen } from './live/screen.ts'
import { createPaint } from './paint.ts'

export interface ProgressOptions {
  /** A terminal that can redraw lines (not dumb, not CI). */
  readonly live: boolean
  readonly color: boolean
  /** Size of the terminal now; asked for at each drawing, since it may change. 0 (it does not know) is taken as 80 × 24. */
  readonly size: () => { readonly columns: number; readonly rows: number }
  /** It breaks lines that are too long when it becomes narrower (live/screen.ts). */
  readonly reflows: boolean
}

export interface ProgressView {
  update(progress: Progress): void
  /** Removes the live block, so that something else can be printed; update() brings it back. */
  clear(): void
}

/** Redraws a second: figures move, and the generator does not notice. */
export const REDRAW_EVERY_MS = 200
const PLAIN_EVERY_US = 5_000_000

export function createProgress(
  stream: { write(text: string): unknown },
  options: ProgressOptions,
): ProgressView {
  return options.live ? createLive(stream, options) : createPlain(stream)
}

function createLive(
  stream: { write(text: string): unknown },
  { color, size, reflows }: ProgressOptions,
): ProgressView {
  const paint = createPaint(color)
  const sizeNow = () => ({ columns: size().columns || 80, rows: size().rows || 24 })
  const screen = createScreen(stream, { columns: () => sizeNow().columns, reflows })
  return {
    update: (progress) => screen.draw(renderFrame(progress, sizeNow(), paint)),
    clear: () => screen.clear(),
  }
}

function createPlain(stream: { write(text: string): unknown }): ProgressView {
  let last: Progress | null = null
  // The first line after about a second: earlier there is nothing to say, and a short run needs none.
  let sinceUs = PLAIN_EVERY_US - 900_000
  return {
    update(progress) {
      const isSame = last?.testNumber === progress.testNumber && last.phase === progress.phase
      sinceUs += isSame ? progress.phaseElapsedUs - last!.phaseElapsedUs : progress.phaseElapsedUs
      last = progress
      if (sinceUs < PLAIN_EVERY_US) return
      sinceUs = 0
      stream.write(`${progressLine(progress)}\n`)
    },
    clear() {},
  }
}

/** All of it in one line, for logs. */
function progressLine(progress: Progress): string {
  const { phase, connectionsOpen, connectionsTotal, p50Us, p99Us, errors, validity } = progress
  const isTalking = phase !== 'connect'
  const parts: (string | false | null)[] = [
    nameTest(progress),
    `${namePhase(progress)} ${showTime(progress)}`,
    `${formatCount(connectionsOpen)}/${formatCount(connectionsTotal)} open`,
    isTalking && `${formatRate(progress.receivedPerSec)} msg/s`,
    isTalking && p50Us !== null && `P50 ${formatDurationUs(p50Us)}`,
    isTalking && p99Us !== null && `P99 ${formatDurationUs(p99Us)}`,
    formatPlural(errors, 'error'),
    progress.serverCpuPercent !== null && `server ${formatPercent(progress.serverCpuPercent)}`,
    progress.pacerLagP99Us !== null && `lag ${formatDurationUs(progress.pacerLagP99Us)}`,
    validity !== null && validity.state !== 'valid' && `${validity.state} so far`,
  ]
  return parts.filter((part) => typeof part === 'string').join('  ')
}

/** `3/5 s`, `0.4 s`. */
function showTime({ phaseElapsedUs, phaseDurationUs }: Progress): string {
  if (phaseDurationUs === null) return showTenths(phaseElapsedUs)
  return `${showSeconds(Math.min(phaseElapsedUs, phaseDurationUs))}/${formatSpanUs(phaseDurationUs)}`
}
