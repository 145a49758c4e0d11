/** What a person sees while a run goes on: one line redrawn in place on a terminal, else a plain line every 5 s. */
import type { Progress } from '../result/progress.ts'
import {
  formatCount,
  formatDurationUs,
  formatPercent,
  formatPlural,
  formatRate,
  formatSpanUs,
} from './format.ts'
import { createPaint, type Paint } from './paint.ts'
import { clip } from './wrap.ts'

export interface ProgressOptions {
  /** A terminal that can redraw a line (not dumb, not CI). */
  readonly live: boolean
  readonly color: boolean
  /** Width of the terminal now; asked for each line, since it may change. 0 (it does not know) is taken as 80. */
  readonly columns: () => number
}

export interface ProgressView {
  update(progress: Progress): void
  /** Removes the live line, so that something else can be printed; update() brings it back. */
  clear(): void
}

const PLAIN_EVERY_US = 5_000_000
const CLEAR_LINE = '\r\x1b[2K'

export function createProgress(
  stream: { write(text: string): unknown },
  options: ProgressOptions,
): ProgressView {
  return options.live ? createLive(stream, options) : createPlain(stream)
}

function createLive(
  stream: { write(text: string): unknown },
  { color, columns }: ProgressOptions,
): ProgressView {
  const paint = createPaint(color)
  let isDrawn = false
  return {
    update(progress) {
      // The last column stays free: writing there makes some terminals go to the next line.
      stream.write(`${CLEAR_LINE}${progressLine(progress, (columns() || 80) - 1, paint)}`)
      isDrawn = true
    },
    clear() {
      if (isDrawn) stream.write(CLEAR_LINE)
      isDrawn = false
    },
  }
}

function createPlain(stream: { write(text: string): unknown }): ProgressView {
  const paint = createPaint(false)
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
      stream.write(`${progressLine(progress, Number.POSITIVE_INFINITY, paint)}\n`)
    },
    clear() {},
  }
}

/** One line of at most `width` characters; whole parts give way from the end. */
export function progressLine(progress: Progress, width: number, paint: Paint): string {
  const parts = listParts(progress)
  let shown = parts
  while (shown.length > 1 && textOf(shown).length > width) shown = shown.slice(0, -1)
  if (textOf(shown).length > width) return clip(textOf(shown), width)
  return shown.map(({ text, kind }) => (kind === 'plain' ? text : paint[kind](text))).join(GAP)
}
const GAP = '  '

interface Part {
  readonly text: string
  readonly kind: 'plain' | 'strong' | 'dim' | 'bad'
}

function textOf(parts: readonly Part[]): string {
  return parts.map(({ text }) => text).join(GAP)
}

function listParts(progress: Progress): Part[] {
  const { phase, connectionsOpen, connectionsTotal, p50Us, p99Us, errors } = progress
  const number = progress.testCount > 1 ? ` ${progress.testNumber}/${progress.testCount}` : ''
  const isTalking = phase !== 'connect'
  const parts: (Part | null)[] = [
    { text: `${progress.test}${number}`, kind: 'strong' },
    { text: showPhase(progress), kind: 'plain' },
    { text: `${formatCount(connectionsOpen)}/${formatCount(connectionsTotal)} open`, kind: 'plain' },
    isTalking ? { text: `${formatRate(progress.receivedPerSec)} msg/s`, kind: 'strong' } : null,
    isTalking && p50Us !== null ? { text: `P50 ${formatDurationUs(p50Us)}`, kind: 'plain' } : null,
    isTalking && p99Us !== null ? { text: `P99 ${formatDurationUs(p99Us)}`, kind: 'plain' } : null,
    { text: formatPlural(errors, 'error'), kind: errors > 0 ? 'bad' : 'plain' },
    progress.serverCpuPercent === null
      ? null
      : { text: `server ${formatPercent(progress.serverCpuPercent)}`, kind: 'dim' },
    progress.pacerLagP99Us === null
      ? null
      : { text: `lag ${formatDurationUs(progress.pacerLagP99Us)}`, kind: 'dim' },
  ]
  return parts.filter((part) => part !== null)
}

/** `hold 3/5 s`, `connect 0.4 s`. */
function showPhase({ phase, phaseElapsedUs, phaseDurationUs }: Progress): string {
  const elapsedUs = Math.floor(phaseElapsedUs / 1e5) * 1e5
  const name = phase === 'warmup' ? 'warm-up' : phase
  if (phaseDurationUs === null) return `${name} ${formatSpanUs(elapsedUs)}`
  return `${name} ${formatSpanUs(Math.floor(phaseElapsedUs / 1e6) * 1e6)}/${formatSpanUs(phaseDurationUs)}`
}
