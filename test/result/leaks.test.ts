/** Made-up servers, healthy and not: what is called a leak, and how great it is. */
import { describe, expect, it } from 'vitest'
import { findLeaks } from '../../src/result/leak-findings.ts'
import { deriveLeaks } from '../../src/result/leak-metrics.ts'
import type { Cycle } from '../../src/result/run-result.ts'
import { makeCycles, repeat, sawtooth } from './make-cycles.ts'

const BOTH = [...repeat('clean', 25), ...repeat('reset', 25)]
/** Rises over the first cycles, as a heap that takes its size. */
const warmUp = (at: number): number => 30e6 * (1 - Math.exp(-at / 3))
/** The same noise each time, of some hundred kB. */
const noise = (at: number): number => 3e5 * Math.sin(at * 12.9898)
const rss = (bytes: number): Partial<Cycle> => ({ serverRssBytes: Math.round(90e6 + bytes) })

const verdictOf = (cycles: readonly Cycle[]) =>
  findLeaks(cycles, true)
    .filter(({ code }) => code.startsWith('leak-memory'))
    .map(({ code, verdict }) => `${code} ${verdict}`)
const bytesOf = (cycles: readonly Cycle[]): number | null => {
  const metric = deriveLeaks(cycles).leak_per_connection
  return metric?.type === 'gauge' ? metric.value : Number.NaN
}

describe('a healthy server is flat', () => {
  it.each<[string, (at: number) => number]>([
    ['that keeps still', () => 0],
    ['with noise', noise],
    ['that warms up', (at) => warmUp(at) + noise(at)],
    ...[3, 7, 10, 14].map((period): [string, (at: number) => number] => [
      `that collects garbage every ${period} cycles`,
      (at) => warmUp(at) + sawtooth(at, period, 40) + noise(at),
    ]),
  ])('%s', (_, bytes) => {
    const cycles = makeCycles(BOTH, (at) => rss(bytes(at)))
    expect(verdictOf(cycles)).toEqual(['leak-memory good'])
    expect(bytesOf(cycles)).toBeLessThan(200)
  })
})

describe('a leak of 4 KiB a connection is found with its size', () => {
  it.each<[string, number, (at: number) => number]>([
    ['on a native server, within 10 %', 0.1, noise],
    ['with a heap that warms up, within 10 %', 0.1, (at) => warmUp(at) + noise(at)],
    ['under garbage, within 25 %', 0.25, (at) => warmUp(at) + sawtooth(at, 7, 40)],
  ])('%s', (_, within, bytes) => {
    const cycles = makeCycles(BOTH, (at) => rss(bytes(at) + 4096 * 1000 * at))
    expect(verdictOf(cycles)).toEqual(['leak-memory-clean bad', 'leak-memory-reset bad'])
    expect(Math.abs(bytesOf(cycles)! / 4096 - 1)).toBeLessThan(within)
  })

  it.each([
    ['reset', (at: number) => Math.max(0, at - 24)],
    ['clean', (at: number) => Math.min(25, at)],
  ])('of %s alone is of that alone', (kind, leaked) => {
    const cycles = makeCycles(BOTH, (at) => rss(noise(at) + 4096 * 1000 * leaked(at)))
    expect(verdictOf(cycles)).toEqual([`leak-memory-${kind} bad`])
  })
})

describe('what cannot be told', () => {
  it.each<[string, Cycle[]]>([
    ['few cycles', makeCycles(repeat('clean', 4))],
    ['little growth over few connections', makeCycles(repeat('clean', 9), (at) => rss(at * 2.5e6))],
    ['a rise without a return', makeCycles(repeat('clean', 20), (at) => rss(at < 10 ? 0 : (at - 9) * 6e6))],
  ])('%s', (_, cycles) => {
    expect(verdictOf(cycles)).toEqual(['leak-memory unknown'])
    // So that no threshold passes.
    expect(bytesOf(cycles)).toBe(null)
  })

  it('of a server that is not seen', () => {
    const cycles = makeCycles(BOTH, () => ({
      serverRssBytes: null,
      serverDescriptors: null,
      serverThreads: null,
    }))
    expect(findLeaks(cycles, false)).toMatchObject([{ code: 'leak-memory', verdict: 'unknown', value: null }])
    expect(bytesOf(cycles)).toBe(null)
  })
})

describe('descriptors and threads', () => {
  const found = (look: (at: number, leave: string) => Partial<Cycle>) =>
    findLeaks(makeCycles(BOTH, look), true)
      .filter(({ code }) => /descriptors|threads/.test(code))
      .map(({ code, verdict, value }) => [code, verdict, value])

  it('stay', () => {
    expect(found(() => ({}))).toEqual([
      ['leak-descriptors', 'good', 0],
      ['leak-threads', 'good', 0],
    ])
  })

  it('grow by one a connection, of those that were reset', () => {
    const look = (at: number) => ({ serverDescriptors: 21 + 1000 * Math.max(0, at - 24) })
    expect(found(look)).toEqual([
      ['leak-descriptors-reset', 'bad', 1],
      ['leak-threads', 'good', 0],
    ])
  })

  it('grow by one a cycle', () => {
    const [, threads] = found((at) => ({ serverThreads: 11 + at }))
    expect(threads).toEqual(['leak-threads-clean', 'bad', 0.001])
  })

  it('of somebody else come and go', () => {
    expect(found((at) => ({ serverDescriptors: 21 + (at % 3) }))[0]).not.toContain('bad')
  })
})

describe('those left in silence', () => {
  const SILENT = [...repeat('clean', 9), ...repeat('silent', 9)]
  const found = (look: (at: number) => Partial<Cycle>) =>
    findLeaks(makeCycles(SILENT, look), true).find(({ code }) => code === 'silent-connections')

  it('are held: how long is right only the server knows', () => {
    const held = found((at) => ({ serverDescriptors: 21 + 1000 * Math.max(0, at - 8) }))
    expect(held).toMatchObject({ verdict: 'unknown', value: 9000 })
    expect(held!.message).toBe(
      'all 9,000 connections left in silence are still held by the server after up to 9.0 s',
    )
  })

  it('are held for minutes', () => {
    const look = (at: number) => ({ atUs: at * 30e6, serverDescriptors: 21 + 1000 * Math.max(0, at - 8) })
    expect(found(look)).toMatchObject({ verdict: 'bad' })
  })

  it('are noticed', () => {
    expect(found(() => ({}))).toMatchObject({ verdict: 'good', value: 0 })
  })
})

describe("the server's own count", () => {
  const found = (look: (at: number) => Partial<Cycle>) =>
    findLeaks(makeCycles(repeat('clean', 9), look), true).find(({ code }) => code === 'connection-count')

  it.each<[string, (at: number) => Partial<Cycle>, string, number]>([
    ['is right', () => ({ countConnected: 1000, countAfter: 0 }), 'good', 0],
    ['forgets to count down', (at) => ({ countConnected: 1000 + at, countAfter: at }), 'bad', 8],
    ['counts nobody', () => ({ countConnected: 0, countAfter: 0 }), 'bad', 1000],
  ])('%s', (_, look, verdict, value) => {
    expect(found(look)).toMatchObject({ verdict, value })
  })

  it('was not asked for', () => {
    expect(found(() => ({}))).toBe(undefined)
  })
})
