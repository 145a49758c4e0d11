import { afterEach, expect, it, vi } from 'vitest'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { countOf, runOne } from '../support/weather.ts'

let server: BadServer | null = null
afterEach(async () => {
  vi.restoreAllMocks()
  await server?.close()
  server = null
})

it('a step of the wall clock changes no figure, and is said', async () => {
  server = await startBadServer('echo')
  const realNow = Date.now
  const hour = 3_600_000
  const test = await runOne(`${server.url} -c 2 -R 20 -W 0 -d 2`, {
    options: {
      onProgress: ({ phase }) => {
        if (phase === 'hold') vi.spyOn(Date, 'now').mockImplementation(() => realNow() - hour)
      },
    },
  })
  expect(test.warnings).toEqual([
    {
      code: 'clock-step',
      message:
        'the clock of this machine was set (-3600.0 s) during the test; no figure uses it, but startedAt and finishedAt do',
    },
  ])
  expect(countOf(test, 'messages_due')).toBe(40)
  expect(countOf(test, 'messages_received')).toBe(40)
  expect(Math.round(test.phases.holdUs! / 1e6)).toBe(2)
  expect(test.intervals.every(({ durationUs }) => durationUs > 0 && durationUs < 5e6)).toBe(true)
})
