/** What a measured floor says, sentence by sentence, at both sides of each edge. */
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { z } from 'zod'
import type { Floor } from '../../src/observe/floor-cache.ts'
import { noteConnectRate, noteLatency, notePlan, noteRate } from '../../src/result/floor-note.ts'
import { floor as schema } from '../../src/result/floor-schema.ts'
import { resolve } from '../plan/resolve.ts'

const floor: Floor = {
  toolVersion: '1.0.0',
  node: 'v24.0.0',
  os: 'Linux 6.1 x64',
  cpuModel: 'a processor',
  cpus: 8,
  cpusAllowed: 4,
  measuredAt: '2026-01-02T03:04:05.678Z',
  messagesPerSecondPerCore: 110_000,
  latencyUs: { nullServer: { p50: 45, p99: 90 }, demoServer: { p50: 60, p99: 130 } },
  connectionsPerSecond: 9_480,
  bytesPerConnection: 5_400,
  note: null,
}
const unknown: Floor = {
  ...floor,
  messagesPerSecondPerCore: null,
  connectionsPerSecond: null,
  latencyUs: { nullServer: { p50: null, p99: null }, demoServer: { p50: 60, p99: 130 } },
}

describe('noteRate', () => {
  it.each([
    [88_000, 1, floor, null],
    [
      88_001,
      1,
      floor,
      'you asked for 88 k/s; this machine tops at about 110 k/s a core (doctor --measure): --workers 2 or a lower --rate',
    ],
    [176_000, 2, floor, null],
    [
      200_000,
      1,
      floor,
      'you asked for 200 k/s; this machine tops at about 110 k/s a core (doctor --measure): --workers 3 or a lower --rate',
    ],
    [
      352_000,
      3,
      floor,
      'you asked for 352 k/s; this machine tops at about 110 k/s a core (doctor --measure): --workers 4 or a lower --rate',
    ],
    [
      352_001,
      4,
      floor,
      'you asked for 352 k/s; this machine tops at about 110 k/s a core (doctor --measure): another machine or a lower --rate',
    ],
    [
      900,
      1,
      { ...floor, messagesPerSecondPerCore: 999, cpusAllowed: null },
      'you asked for 900/s; this machine tops at about 999/s a core (doctor --measure): --workers 2 or a lower --rate',
    ],
    [1e9, 1, unknown, null],
  ])('%d/s with %d workers', (ratePerSec, workers, measured, message) => {
    expect(noteRate({ ratePerSec, workers }, measured)?.message ?? null).toBe(message)
  })

  it('gives the value and the limit it was held against', () => {
    expect(noteRate({ ratePerSec: 200_000, workers: 2 }, floor)).toMatchObject({
      code: 'rate-near-floor',
      value: 200_000,
      limit: 176_000,
    })
  })
})

describe('noteConnectRate', () => {
  it.each([
    [7_584, 1, floor, null],
    [
      7_585,
      1,
      floor,
      'you asked for 7.6 k connections/s; this machine opens about 9.5 k/s a core (doctor --measure): --workers 2 or a lower --connect-rate',
    ],
    [
      1e6,
      1,
      floor,
      'you asked for 1000 k connections/s; this machine opens about 9.5 k/s a core (doctor --measure): another machine or a lower --connect-rate',
    ],
    [1e9, 1, unknown, null],
  ])('%d/s with %d workers', (ratePerSec, workers, measured, message) => {
    expect(noteConnectRate({ ratePerSec, workers }, measured)?.message ?? null).toBe(message)
  })
})

describe('noteLatency', () => {
  const sentence =
    'P50 is at the floor of this machine (45 µs, doctor --measure): the server may be faster than can be seen'
  it.each([
    [20, floor, sentence],
    [67, floor, sentence],
    [68, floor, null],
    [null, floor, null],
    [20, unknown, null],
  ])('P50 of %s µs', (p50Us, measured, message) => {
    expect(noteLatency(p50Us, measured)?.message ?? null).toBe(message)
  })

  it('says milliseconds where the floor is that high', () => {
    const slow = { ...floor, latencyUs: { ...floor.latencyUs, nullServer: { p50: 1250, p99: 4000 } } }
    expect(noteLatency(1300, slow)).toMatchObject({ code: 'latency-at-floor', value: 1300, limit: 1875 })
    expect(noteLatency(1300, slow)?.message).toContain('(1.3 ms, ')
  })
})

describe('notePlan', () => {
  it.each([
    ['closed', '-c 100', []],
    ['a rate within reach', '-R 80k', []],
    ['a rate out of reach', '-R 100k', ['rate-near-floor']],
    ['the same over two workers', '-R 100k -w 2', []],
    ['a rate of each connection', '-c 1000 -r 100', ['rate-near-floor']],
    ['a connect rate', '--test-type storm -c 100 --connect-rate 9000', ['connect-rate-near-floor']],
    ['both', '-R 100k --connect-rate 9000', ['rate-near-floor', 'connect-rate-near-floor']],
    ['fan-out, of which sending is the least', '--test-type broadcast -c 10 -R 100k', []],
  ])('%s', (_, line, codes) => {
    const words = line.includes('-w') ? line.split(' ') : [...line.split(' '), '-w', '1']
    const { tests } = resolve('ws://127.0.0.1:9001', ...words).plan
    expect(notePlan(tests[0]!, floor).map(({ code }) => code)).toEqual(codes)
  })

  it('holds the highest rate of a schedule against the floor', () => {
    const [plan] = resolve('ws://127.0.0.1:9001', '-R', '1k', '-w', '1').plan.tests
    const group = plan!.groups[0]!
    const stages = [
      { fromPerSec: 100_000, toPerSec: 10, durationUs: 1 },
      { fromPerSec: 10, toPerSec: 90_000, durationUs: 1 },
    ]
    const ramped = { ...group, pacing: { kind: 'open' as const, stages, arrival: 'constant' as const } }
    expect(notePlan({ ...plan!, groups: [ramped] }, floor)).toMatchObject([{ value: 100_000 }])
    const half = { ...ramped, pacing: { ...ramped.pacing, stages: [{ ...stages[0]!, fromPerSec: 50_000 }] } }
    expect(notePlan({ ...plan!, groups: [half, half] }, floor)).toMatchObject([{ value: 100_000 }])
  })
})

describe('the schema of environment.floor', () => {
  it('is the floor that is kept', () => {
    expectTypeOf<z.infer<typeof schema>>().branded.toEqualTypeOf<Mutable<Floor>>()
    expect(schema.strict().parse(floor)).toEqual(floor)
    expect(schema.strict().parse(unknown)).toEqual(unknown)
  })
})

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object ? Mutable<T[K]> : T[K] }
