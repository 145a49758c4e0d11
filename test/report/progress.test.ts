import { describe, expect, it } from 'vitest'
import { createProgress } from '../../src/report/progress.ts'
import type { Progress } from '../../src/result/progress.ts'

function makeProgress(over: Partial<Progress> = {}): Progress {
  return {
    test: 'throughput',
    testNumber: 1,
    testCount: 3,
    phase: 'hold',
    phaseElapsedUs: 3_100_000,
    phaseDurationUs: 5_000_000,
    connectionsTotal: 1000,
    connectionsOpen: 998,
    connectionsFailed: 2,
    sentPerSec: 38_400,
    receivedPerSec: 38_400,
    p50Us: 2_500,
    p99Us: 4_100,
    pacerLagP99Us: null,
    errors: 2,
    serverCpuPercent: 99,
    generatorBusy: 0.6,
    ...over,
  }
}

function record(options: { live: boolean; color: boolean; columns: () => number }) {
  const written: string[] = []
  return { written, progress: createProgress({ write: (text) => written.push(text) }, options) }
}

const LINE =
  'throughput 1/3  hold 3 s/5 s  998/1,000 open  38,400 msg/s  P50 2.5 ms  P99 4.1 ms  2 errors  server 99 %'

describe('the live line', () => {
  it('is redrawn in place, without a newline', () => {
    const { written, progress } = record({ live: true, color: false, columns: () => 200 })
    progress.update(makeProgress())
    expect(written).toEqual([`\r\x1b[2K${LINE}`])
  })

  it('is never wider than the terminal, as it is now', () => {
    let columns = 200
    const { written, progress } = record({ live: true, color: false, columns: () => columns })
    for (columns of [120, 80, 60, 40, 20, 10]) {
      progress.update(makeProgress())
      expect(written.at(-1)!.replace('\r\x1b[2K', '').length).toBeLessThan(columns)
    }
    expect(written[1]).toBe('\r\x1b[2Kthroughput 1/3  hold 3 s/5 s  998/1,000 open  38,400 msg/s  P50 2.5 ms')
  })

  it('takes a terminal that does not know its width as one of 80 columns', () => {
    const { written, progress } = record({ live: true, color: false, columns: () => 0 })
    progress.update(makeProgress())
    expect(written[0]).toContain('P50 2.5 ms')
  })

  it('is gone after clear(), and clear() alone prints nothing', () => {
    const { written, progress } = record({ live: true, color: false, columns: () => 80 })
    progress.clear()
    expect(written).toEqual([])
    progress.update(makeProgress())
    progress.clear()
    progress.clear()
    expect(written.slice(1)).toEqual(['\r\x1b[2K'])
  })

  it('has colour only when asked for', () => {
    const { written, progress } = record({ live: true, color: true, columns: () => 200 })
    progress.update(makeProgress())
    expect(written[0]).toContain('\x1b[31m')
  })
})

describe('the plain lines', () => {
  it('come after about a second and then every 5 s, over the ends of phases and tests', () => {
    const { written, progress } = record({ live: false, color: true, columns: () => 10 })
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
})

describe('what a line leaves out', () => {
  it.each<[string, Partial<Progress>, string]>([
    ['the number of a single test', { testCount: 1 }, '1/3'],
    ['a rate while connecting', { phase: 'connect' }, 'msg/s'],
    ['a percentile that is not known', { p99Us: null }, 'P99'],
    ['a server that is not visible', { serverCpuPercent: null }, 'server'],
  ])('%s', (_, over, absent) => {
    const { written, progress } = record({ live: true, color: false, columns: () => 200 })
    progress.update(makeProgress(over))
    expect(written[0]).not.toContain(absent)
  })
})
