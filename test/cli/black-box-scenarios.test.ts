import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { RunResult } from '../../src/result/run-result.ts'
import { runForResult } from './stress.ts'

const folder = fileURLToPath(new URL('../../scenarios/', import.meta.url))

const CLOSED = ['-c', '20', '-d', '1s', '-W', '0']
const FAN_OUT = ['-d', '1s']
const pushing = (name: string) => [
  '--serve',
  `${name} --interval 200ms`,
  '--push-interval',
  '200ms',
  '-d',
  '1100ms',
]

/** Enough to see it run; flags win over the file. */
const SHORTER: Readonly<Record<string, readonly string[]>> = {
  'all.yaml': ['-m', '5', '-r', '10'],
  'binary.yaml': CLOSED,
  'broadcast.yaml': FAN_OUT,
  'capacity.yaml': ['--from', '2k', '--up-to', '2k', '-d', '500ms', '-W', '0', '--repeats', '1'],
  'chat-json.yaml': ['-d', '1s', '-W', '0'],
  'chat-named.yaml': FAN_OUT,
  'chat-numbered.yaml': FAN_OUT,
  'dead-clients.yaml': [],
  'echo.yaml': CLOSED,
  'echo-axum.yaml': CLOSED,
  'echo-axum-en.yaml': CLOSED,
  'echo-gate.yaml': [],
  'feed.yaml': pushing('feed'),
  'heartbeat.yaml': pushing('heartbeat'),
  'idle.yaml': ['-c', '100', '-d', '1s'],
  'leak.yaml': ['-c', '10', '--cycles', '6'],
  'momentum.yaml': FAN_OUT,
  'momentum-chat.yaml': [],
  'notifications.yaml': pushing('notifications'),
  'reconnect.yaml': [],
  'rooms.yaml': FAN_OUT,
  'slow-consumer.yaml': [],
  'sse.yaml': pushing('sse'),
  'storm.yaml': [],
  'sustained.yaml': ['-d', '1s'],
  'throughput.yaml': ['-m', '20'],
}

describe('scenarios/', () => {
  it.each(readdirSync(folder).filter((name) => name.endsWith('.yaml')))(
    '%s runs without an error and holds its thresholds',
    async (name) => {
      const { code, result } = await runForResult([`${folder}${name}`, ...(SHORTER[name] ?? [])])
      expect(result.thresholds.filter((row) => row.result !== 'pass')).toEqual([])
      const errors = result.tests
        .flatMap((test) => test.errors)
        .filter((error) => !isOfCut(error.class, result))
      expect([result.status, errors]).toEqual(['completed', []])
      expectExact(result)
      // On a busy machine a gate may not be believed; that is no fault of the scenario's.
      const isGate = result.thresholds.length > 0
      expect(code).toBe(isGate && result.summary.validity === 'generator-limited' ? 4 : 0)
    },
  )
})

/** What was due, or under way, while a connection was cut on purpose is missed. */
function isOfCut(failure: string, { tests }: RunResult): boolean {
  return tests.some(({ plan }) => plan.cut !== null) && /^(?:not-open|connection-ended)$/.test(failure)
}

/** Whatever the load: replies are what was sent, deliveries the sum over the audiences, and pongs the pings. */
function expectExact({ tests }: RunResult): void {
  for (const { metrics, testType } of tests) {
    const count = (name: string): number | null => {
      const metric = metrics[name]
      return metric?.type === 'counter' ? metric.count : null
    }
    if (testType === 'flow') {
      expect([count('flows_completed'), count('flows_failed')]).toEqual([count('flows_due'), 0])
      continue
    }
    // Of a cut: what was under way is lost, and everybody is back.
    expect(count('messages_received')).toBe(count('messages_sent')! - count('messages_lost')!)
    if (count('reconnects_due') !== null) expect(count('reconnects')).toBe(count('reconnects_due'))
    expect(count('deliveries_received')).toBe(count('deliveries_expected'))
    // Without a promised interval none is known to be due.
    if (count('pushes_expected') !== null) expect(count('pushes_received')).toBe(count('pushes_expected'))
    // Who is told to answer no ping answers none.
    if (metrics.missed_pongs === undefined) expect(count('pongs_sent')).toBe(count('pings_received'))
    expect(count('messages_unexpected')).toBe(0)
  }
}
