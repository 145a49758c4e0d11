import { afterEach, expect, it } from 'vitest'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { countOf, runOne } from '../support/weather.ts'

let server: BadServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

it.each(['-R 400', '-p 2', '-R 400 -w 2'])(
  'the rows of warm-up and hold have their own messages, each once: %s',
  async (load) => {
    server = await startBadServer('echo')
    const test = await runOne(`${server.url} -c 4 ${load} -W 1.2 -d 1.3`)
    const sum = (name: 'sent' | 'received' | 'durationUs', ...phases: string[]) =>
      test.intervals
        .filter(({ phase }) => phases.includes(phase))
        .reduce((total, interval) => total + interval[name], 0)
    expect(sum('sent', 'hold', 'drain')).toBe(countOf(test, 'messages_sent'))
    expect(sum('received', 'hold', 'drain')).toBe(countOf(test, 'messages_received'))
    expect(sum('sent', 'hold', 'drain', 'warmup')).toBe(server.log.messages)
    expect(sum('durationUs', 'hold')).toBeLessThan(test.phases.holdUs! + test.phases.warmupUs! / 2)
  },
)
