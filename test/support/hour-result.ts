/** An hour's run as a recorder would have it: not measured, but made from a seeded generator, the same every time. */
import type { Interval, RunResult, TestResult } from '../../src/result/run-result.ts'
import { distribute, makeResult, makeSustainedTest, messageMetrics } from './sample-result.ts'

const HOUR = 3_600
const PER_SEC = 20_000
const MB = 1_000_000

/** 20,000 messages a second for an hour, with a stall every ten minutes, a slow leak and a burst of closed connections. */
export function makeHourResult(): RunResult {
  const test = makeSustainedTest(1_000)
  const random = createRandom(7)
  const intervals = Array.from({ length: HOUR }, (_, second) => makeSecond(second, random))
  const lost = intervals.reduce((sum, one) => sum + one.lost, 0)
  const [group] = test.plan.groups
  const hour: TestResult = {
    ...test,
    plan: {
      ...test.plan,
      groups: [
        { ...group!, ratePerSec: PER_SEC, endRatePerSec: PER_SEC, durationUs: (HOUR - 2) * 1_000_000 },
      ],
    },
    phases: { ...test.phases, holdUs: (HOUR - 2) * 1_000_000 },
    metrics: { ...test.metrics, ...messageMetrics(HOUR * PER_SEC, HOUR * PER_SEC - lost, HOUR - 2) },
    errors: [
      { class: 'no-reply', detail: '', count: lost, firstAtUs: 600_000_000 },
      { class: 'close-code', detail: '1011 internal error', count: 40, firstAtUs: 2_000_000_000 },
    ],
    closeCodes: { '1011': 40 },
    intervals,
    histograms: { ...test.histograms, service_time: distribute(20_000, 280, 1_400).histogram },
    latencyWindows: {
      metric: 'response_time',
      windows: Array.from({ length: 60 }, (_, minute) => ({
        fromUs: minute * 60_000_000,
        toUs: (minute + 1) * 60_000_000,
        count: 60 * PER_SEC,
        histogram: distribute(20_000, 300 + minute, 1_500).histogram,
      })),
    },
  }
  return makeResult([hour], { finishedAt: '2026-01-02T04:04:05.000Z' })
}

function makeSecond(second: number, random: () => number): Interval {
  const isStalled = second % 600 === 300
  const isCut = second >= 2_000 && second < 2_010
  const [received, lost] = isStalled ? [PER_SEC * 0.6, 25] : [PER_SEC + Math.round(random() * 60 - 30), 0]
  const slow = isStalled ? 700 : 1
  const us = (usual: number): number => Math.round(usual * slow * (0.9 + 0.2 * random()))
  return {
    atUs: (second + 1) * 1_000_000 + 10_000,
    durationUs: 1_000_000,
    phase: second === 0 ? 'connect' : second === 1 ? 'warmup' : second === HOUR - 1 ? 'drain' : 'hold',
    connectionsOpen: second < 2_000 ? 1_000 : 1_000 - Math.min(40, (second - 1_999) * 4),
    connectionsFailed: 0,
    sent: PER_SEC,
    received,
    lost,
    deliveriesExpected: null,
    errors: { ...(lost > 0 ? { 'no-reply': lost } : {}), ...(isCut ? { 'close-code': 4 } : {}) },
    closeCodes: isCut ? { '1011': 4 } : {},
    p50Us: us(310),
    p99Us: us(900),
    p999Us: us(1_400),
    maxUs: us(2_600),
    serviceP50Us: us(280),
    serviceP99Us: us(800),
    serviceP999Us: us(1_250),
    pacerLagP99Us: Math.round(60 + 40 * random()),
    loopBusy: 0.4 + 0.1 * random(),
    generatorRssBytes: Math.round(90 * MB + 2 * MB * random()),
    generatorCpuPercent: 55 + 10 * random(),
    serverRssBytes: Math.round(60 * MB + second * 9_000 + MB * random()),
    serverCpuPercent: 70 + 10 * random(),
  }
}

/** Mulberry32: small, and good enough for noise. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
