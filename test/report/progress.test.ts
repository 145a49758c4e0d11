import { describe, expect, it } from 'vitest'
import { createProgress } from '../../src/report/progress.ts'
import type { Progress } from '../../src/result/progress.ts'
import { FakeTerminal } from '../support/terminal.ts'
import { makeProgress } from './live/make-progress.ts'

const LINE =
  'throughput 1/3  hold 3 s/5 s  998/1,000 open  38,400 msg/s  P50 2.5 ms  P99 4.1 ms  2 errors  server 99 %'

function openLive(columns: number, rows: number, color = false) {
  const terminal = new FakeTerminal(columns || 80)
  const size = { columns, rows }
  const progress = createProgress(terminal, { live: true, color, size: () => size, reflows: true })
  return { terminal, progress, size }
}

describe('the live view', () => {
  it('is redrawn in place, and gone after clear()', () => {
    const { terminal, progress } = openLive(80, 24)
    progress.update(makeProgress())
    progress.update(makeProgress({ receivedPerSec: 12_345 }))
    expect(terminal.screen.filter((line) => line.startsWith('replies'))).toEqual([
      'replies       12,345/s   ▅█   20,000 to 40,000',
    ])
    progress.clear()
    expect(terminal.screen).toEqual([])
  })

  it('fits the terminal as it is now', () => {
    const { terminal, progress, size } = openLive(200, 50)
    for (const [columns, rows] of [
      [200, 50],
      [80, 24],
      [40, 10],
      [20, 5],
    ] as const) {
      Object.assign(size, { columns, rows })
      terminal.resize(columns, true)
      progress.update(makeProgress())
      expect(Math.max(...terminal.screen.map((line) => line.length))).toBeLessThan(columns)
      expect(terminal.screen.length).toBeLessThan(rows)
      expect(terminal.screen.filter((line) => line.startsWith('throughput'))).toHaveLength(1)
    }
  })

  it('takes a terminal that does not know its size as one of 80 × 24', () => {
    const { terminal, progress } = openLive(0, 0)
    progress.update(makeProgress())
    expect(terminal.screen).toContain('replies       38,400/s   ▅█   20,000 to 40,000')
  })

  it('has colour only when asked for', () => {
    for (const color of [true, false]) {
      const { terminal, progress } = openLive(80, 24, color)
      progress.update(makeProgress())
      expect(terminal.written.join('').includes('\x1b[31m')).toBe(color)
    }
  })
})

function openPlain() {
  const written: string[] = []
  const options = { live: false, color: true, size: () => ({ columns: 10, rows: 3 }), reflows: true }
  return { written, progress: createProgress({ write: (text) => written.push(text) }, options) }
}

/** The only line for this progress. */
function lineOf(over: Partial<Progress>): string {
  const { written, progress } = openPlain()
  progress.update(makeProgress({ phaseElapsedUs: 1e6, ...over }))
  return written.join('')
}

describe('the plain lines', () => {
  it('come after about a second and then every 5 s, over the ends of phases and tests', () => {
    const { written, progress } = openPlain()
    progress.update(makeProgress({ phase: 'connect', phaseElapsedUs: 500_000, phaseDurationUs: null }))
    for (let second = 1; second <= 4; second++) {
      progress.update(makeProgress({ phase: 'warmup', phaseElapsedUs: second * 1e6, phaseDurationUs: 4e6 }))
    }
    for (let second = 1; second <= 6; second++)
      progress.update(makeProgress({ phaseElapsedUs: second * 1e6 }))
    expect(written).toEqual([
      `${LINE.replace('hold 3 s/5 s', 'warm-up 1 s/4 s')}\n`,
      `${LINE.replace('hold 3 s', 'hold 2 s')}\n`,
    ])
  })

  it('have no colour and move no cursor', () => {
    expect(lineOf({})).not.toContain('\x1b')
  })

  it.each<[string, Partial<Progress>, string]>([
    ['the number of a single test', { testCount: 1 }, '1/3'],
    ['a rate while connecting', { phase: 'connect' }, 'msg/s'],
    ['a percentile that is not known', { p99Us: null }, 'P99'],
    ['a server that is not visible', { serverCpuPercent: null }, 'server'],
    ['that all is well', {}, 'so far'],
  ])('leave out %s', (_, over, absent) => {
    expect(lineOf(over)).not.toContain(absent)
  })

  it('say when the run could not be believed if it ended now', () => {
    const validity: Progress['validity'] = {
      state: 'generator-limited',
      limitedBy: 'generator',
      reasons: [],
    }
    expect(lineOf({ validity })).toContain('  generator-limited so far\n')
  })
})
