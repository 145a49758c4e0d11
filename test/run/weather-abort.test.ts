/** Interrupted runs: the result comes within five seconds, says so, and its numbers still add up. */
import { afterEach, describe, expect, it } from 'vitest'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { countsOf, errorsOf, runLine } from '../support/weather.ts'

let server: BadServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

/** Runs, and interrupts as soon as `when` holds. Gives the result and how long it took from then on. */
async function runInterrupted(line: string, when: () => boolean) {
  const abort = new AbortController()
  let atMs = Number.NaN
  const watch = setInterval(() => {
    if (!when()) return
    clearInterval(watch)
    atMs = performance.now()
    abort.abort()
  }, 5)
  const result = await runLine(line, { options: { signal: abort.signal } })
  clearInterval(watch)
  return { result, test: result.tests[0]!, tookMs: performance.now() - atMs }
}

describe('an interrupted run ends within five seconds', () => {
  it('before it began', async () => {
    server = await startBadServer('echo')
    const { result } = await runInterrupted(`${server.url} -c 10 -d 60`, () => true)
    expect(result.status).toBe('aborted')
  })

  it('while connections are being opened: those under way are neither opened nor failed', async () => {
    server = await startBadServer('silent-accept')
    const { log } = server
    const { result, test, tookMs } = await runInterrupted(
      `${server.url} -c 50 -d 60 --connect-concurrency 10 --connect-timeout 60`,
      () => log.accepted === 10,
    )
    expect(result.status).toBe('aborted')
    expect(countsOf(test)).toMatchObject({ attempted: 0, opened: 0, failed: 0, due: 0 })
    expect(errorsOf(test)).toEqual({})
    expect(log.accepted).toBe(10)
    expect(tookMs).toBeLessThan(5000)
  })

  it('within a slow connect ramp', async () => {
    server = await startBadServer('echo')
    const { log } = server
    const { result, test, tookMs } = await runInterrupted(
      `${server.url} -c 100 -d 60 --connect-rate 20`,
      () => log.upgraded >= 3,
    )
    expect(result.status).toBe('aborted')
    expect(countsOf(test).opened).toBeGreaterThanOrEqual(3)
    expect(countsOf(test)).toMatchObject({ failed: 0, closed: 0, sent: 0 })
    expect(log.closesReceived).toHaveLength(countsOf(test).opened!)
    expect(tookMs).toBeLessThan(5000)
  })

  it('within the warm-up', async () => {
    server = await startBadServer('echo')
    const { log } = server
    const { test, tookMs } = await runInterrupted(`${server.url} -c 4 -d 60 -W 30`, () => log.messages > 100)
    expect(countsOf(test)).toMatchObject({ due: 0, sent: 0, received: 0, lost: 0 })
    expect(test.phases.holdUs).toBeNull()
    expect(test.intervals.map(({ phase }) => phase)).not.toContain('hold')
    expect(tookMs).toBeLessThan(5000)
  })

  it('within the hold, closed', async () => {
    server = await startBadServer('echo')
    const { log } = server
    const { result, test, tookMs } = await runInterrupted(
      `${server.url} -c 4 -d 60 -W 0`,
      () => log.messages > 1000,
    )
    expect(result.status).toBe('aborted')
    expect(test.status).toBe('aborted')
    expect(countsOf(test)).toMatchObject({ lost: 0, unanswered: 0, closed: 0 })
    expect(countsOf(test).received).toBe(log.messages)
    expect(tookMs).toBeLessThan(5000)
  })

  it('within the hold, by a count: messages that never became due are not missed', async () => {
    server = await startBadServer('echo')
    const { log } = server
    const { test } = await runInterrupted(`${server.url} -c 4 -m 10m`, () => log.messages > 1000)
    expect(countsOf(test)).toMatchObject({ lost: 0, unsent: 0 })
    expect(countsOf(test).due).toBe(log.messages)
    expect(errorsOf(test)).toEqual({})
  })

  it('by a count, with messages that nobody answers: what was never due is not unsent', async () => {
    server = await startBadServer('never-reply')
    const { log } = server
    const { test } = await runInterrupted(`${server.url} -c 4 -m 10 -t 60`, () => log.messages === 4)
    expect(countsOf(test)).toMatchObject({ due: 4, sent: 4, unanswered: 4, unsent: 0, lost: 0 })
    expect(errorsOf(test)).toEqual({})
  })

  it('within the warm-up, with messages that nobody answers: the wait for them is the drain', async () => {
    server = await startBadServer('never-reply')
    const { log } = server
    const { test, tookMs } = await runInterrupted(
      `${server.url} -c 4 -d 60 -W 30 -t 60`,
      () => log.messages === 4,
    )
    expect(countsOf(test)).toMatchObject({ due: 0, sent: 0, unanswered: 0 })
    expect(test.intervals.at(-1)?.phase).toBe('drain')
    expect(tookMs).toBeLessThan(5000)
  })

  it('with messages that nobody answers: they are unanswered, not lost', async () => {
    server = await startBadServer('never-reply')
    const { log } = server
    const { test, tookMs } = await runInterrupted(
      `${server.url} -c 4 -d 60 -W 0 -r 50 -t 60`,
      () => log.messages > 20,
    )
    const { sent, unanswered } = countsOf(test)
    expect(countsOf(test)).toMatchObject({ received: 0, lost: 0, late: 0 })
    expect(unanswered).toBe(sent)
    expect(test.warnings.map(({ code }) => code)).toContain('cut-off')
    expect(tookMs).toBeLessThan(5000)
  })

  it('with messages that wait for the reply before them', async () => {
    server = await startBadServer('never-reply')
    const { log } = server
    let polls = 0
    const { test, tookMs } = await runInterrupted(
      `${server.url} -c 2 -d 60 -W 0 -r 50 -t 60 -s 8`,
      () => log.messages === 2 && ++polls > 40,
    )
    const { due, unsent_full } = countsOf(test)
    expect(countsOf(test)).toMatchObject({ sent: 2, unanswered: 2, received: 0, lost: 0 })
    expect(unsent_full).toBeGreaterThan(0)
    expect(due).toBe(2 + unsent_full!)
    expect(tookMs).toBeLessThan(5000)
  })

  it('within the drain', async () => {
    server = await startBadServer('never-reply')
    const { log } = server
    const { result, test, tookMs } = await runInterrupted(
      `${server.url} -c 4 -d 300ms -W 0 -r 10 -t 60`,
      () => log.messages === 12,
    )
    expect(result.status).toBe('aborted')
    expect(countsOf(test)).toMatchObject({ due: 12, sent: 12, unanswered: 12, lost: 0 })
    expect(tookMs).toBeLessThan(5000)
  })

  it('when the server ignores Close', async () => {
    server = await startBadServer('ignore-close')
    const { log } = server
    const { tookMs } = await runInterrupted(`${server.url} -c 4 -d 60 -W 0`, () => log.messages > 100)
    expect(tookMs).toBeLessThan(5000)
  })
})

it('a signal that was given before the run gives an aborted result', async () => {
  server = await startBadServer('echo')
  const result = await runLine(`${server.url} -c 2 -d 60`, { options: { signal: AbortSignal.abort() } })
  expect(result.status).toBe('aborted')
  expect(result.tests).toEqual([])
})
