/** Some stop reading, over real sockets: servers that drop them, keep them, and let everybody wait for them. */
import { afterEach, expect, it } from 'vitest'
import type { TestResult } from '../../src/result/run-result.ts'
import { type RunningServer, type StartOptions, startServer } from '../../src/servers/start.ts'
import { countOf, runOne } from '../support/weather.ts'

let server: RunningServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

/** 10 MB/s for each: what the kernel takes is full in a second. */
async function test(faults: NonNullable<StartOptions['faults']>, options = ''): Promise<TestResult> {
  server = await startServer('broadcast', { port: 0, faults })
  const load = '--subscribers 4 --slow-share 50% --size 64KiB --message-rate 160 -d 6'
  return runOne(`${server.url} --test-type slow-consumer ${load} ${options}`)
}

const findingOf = ({ findings }: TestResult, wanted: string) => findings.find(({ code }) => code === wanted)!
const gaugeOf = (result: TestResult, name: string): number | null => {
  const metric = result.metrics[name]
  return metric?.type === 'gauge' ? metric.value : Number.NaN
}

it('a server that drops who is far behind: they are gone, the others have all', async () => {
  const result = await test({})
  expect(['slow_clients', 'slow_dropped', 'deliveries_lost'].map((name) => countOf(result, name))).toEqual([
    2, 2, 0,
  ])
  expect(server!.faults.laggedReceivers).toBe(2)
  expect(countOf(result, 'slow_dropped{group=slow}')).toBe(2)
  expect(result.closeCodes).toEqual({ 1006: 2 })
  // Being dropped is as it should be.
  expect(result.errors).toEqual([])
  expect(findingOf(result, 'slow-drops').verdict).toBe('good')
  if (process.platform !== 'linux') return
  expect(gaugeOf(result, 'slow_kernel')).toBeGreaterThan(50_000)
  const dropUs = gaugeOf(result, 'slow_dropped_after')!
  expect([dropUs > 0, dropUs <= 3_000_000]).toEqual([true, true])
}, 30_000)

it('a server without a bound keeps them', async () => {
  const result = await test({ unbounded: true })
  expect(['slow_clients', 'slow_dropped', 'deliveries_lost'].map((name) => countOf(result, name))).toEqual([
    2, 0, 0,
  ])
  expect(countOf(result, 'slow_messages_owed')).toBeGreaterThan(2 * 400)
  expect(findingOf(result, 'slow-drops')).toMatchObject({ verdict: 'unknown', value: null })
  // The server is not seen, so nothing is known of its memory.
  expect(findingOf(result, 'slow-memory')).toMatchObject({ verdict: 'unknown', value: null })
}, 30_000)

it('a server that lets everybody wait for the slowest harms the others', async () => {
  const result = await test({ blockSlow: true }, '-t 500ms')
  expect(findingOf(result, 'slow-harm').verdict).toBe('bad')
  expect(countOf(result, 'deliveries_lost')! + countOf(result, 'deliveries_late')!).toBeGreaterThan(0)
}, 30_000)

it('a trickle is read all the time', async () => {
  const result = await test({ unbounded: true }, '--slow-read 20kB/s')
  expect(countOf(result, 'slow_clients')).toBe(2)
  expect(countOf(result, 'messages_unexpected')).toBe(0)
  expect(findingOf(result, 'slow-harm').verdict).not.toBe('unknown')
}, 30_000)
