/** Connections that end, stall or flood: close codes, lost messages and bounded memory. */
import { afterEach, describe, expect, it } from 'vitest'
import { decideExitCode } from '../../src/result/exit-code.ts'
import type { BehaviourName } from '../support/bad-server/behaviours.ts'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { countOf, countsOf, errorsOf, runLine, runOne } from '../support/weather.ts'

let server: BadServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

describe('the server ends the connection', () => {
  it.each([1001, 1008, 1011, 1012])('with %i: the code is kept, the rest is unsent', async (code) => {
    server = await startBadServer('close-with', { code, after: 2, reason: 'secret reason' })
    const test = await runOne(`${server.url} -c 4 -m 10 -t 1s`)
    const counts = countsOf(test)
    expect(counts).toMatchObject({ opened: 4, failed: 0, closed: 4, due: 40, received: 8 })
    expect(test.closeCodes).toEqual({ [code]: 4 })
    expect(errorsOf(test)[`close-code ${code}`]).toBe(4)
    // Whether the third message leaves before the Close frame is read depends on the network.
    expect(counts.lost! + counts.unsent_closed!).toBe(32)
    expect(counts.lost).toBe(server.log.unanswered)
    expect(server.log.closesReceived).toEqual([code, code, code, code])
  })

  it('with a Close frame without a code: 1005', async () => {
    server = await startBadServer('close-with', { code: null, after: 1 })
    expect((await runOne(`${server.url} -c 2 -m 3 -t 1s`)).closeCodes).toEqual({ 1005: 2 })
  })

  it('right after the upgrade: nothing is sent, all of it is unsent', async () => {
    server = await startBadServer('close-with', { code: 1008, after: 0 })
    const test = await runOne(`${server.url} -c 4 -m 10 -t 1s`)
    expect(countsOf(test)).toMatchObject({ opened: 4, closed: 4, due: 40, sent: 0, unsent_closed: 40 })
    expect(errorsOf(test)).toEqual({ 'not-open': 40, 'close-code 1008': 4 })
  })

  it.each([
    ['closed', '-d 300ms -W 0'],
    ['open', '-R 20 -d 300ms -W 0'],
    ['counted', '-m 3'],
    ['warmed up', '-d 300ms -W 200ms'],
  ])(
    'of all before anything was sent (%s): the run failed, as one in which nobody could connect',
    async (_, load) => {
      server = await startBadServer('close-with', { code: 1008, after: 0 })
      // Two that never open hold the load back until the others have been closed.
      const silent = await startBadServer('silent-accept')
      const result = await runLine(
        `${server.url} --url ${silent.url} -c 4 ${load} -t 1s --connect-timeout 500ms`,
      )
      await silent.close()
      expect(countsOf(result.tests[0]!)).toMatchObject({ opened: 2, closed: 2, failed: 2, sent: 0 })
      expect(result.tests[0]!.warnings.map(({ code }) => code)).toContain('all-closed')
      expect([result.status, decideExitCode(result, false, null)]).toEqual(['failed', 3])
    },
  )

  it('of all after the first message: the run is completed, with a note', async () => {
    server = await startBadServer('close-with', { code: 1008, after: 1 })
    const result = await runLine(`${server.url} -c 4 -d 300ms -W 0 -t 1s`)
    expect(result.tests[0]!.warnings.map(({ code }) => code)).toContain('all-closed')
    expect([result.status, decideExitCode(result, false, null)]).toEqual(['completed', 0])
  })

  it('of all in the warm-up, after a message: completed too, though the hold has none', async () => {
    server = await startBadServer('close-with', { code: 1008, after: 1 })
    const result = await runLine(`${server.url} -c 4 -d 300ms -W 300ms -t 1s`)
    expect(countsOf(result.tests[0]!)).toMatchObject({ closed: 4, sent: 0 })
    expect(result.status).toBe('completed')
  })

  it('and does not let go of TCP: nothing more is sent, and the connection is reset after the close timeout', async () => {
    server = await startBadServer('close-and-linger', { code: 1008, after: 0 })
    const test = await runOne(`${server.url} -c 4 -m 10 -t 1s`, { limits: { closeTimeoutUs: 200_000 } })
    expect(countsOf(test)).toMatchObject({ opened: 4, closed: 4, due: 40, sent: 0, unsent_closed: 40 })
    expect(errorsOf(test)).toEqual({ 'not-open': 40, 'close-code 1008': 4 })
    expect(server.log.connections.map((one) => one.clientEnd)).toEqual(Array(4).fill('reset'))
  })

  it('without a Close frame: 1006', async () => {
    server = await startBadServer('drop-without-close', { after: 2 })
    const test = await runOne(`${server.url} -c 4 -m 10 -t 1s`)
    const counts = countsOf(test)
    expect(counts).toMatchObject({ opened: 4, closed: 4, due: 40, received: 8 })
    expect(counts.lost! + counts.unsent_closed!).toBe(32)
    expect(test.closeCodes).toEqual({ 1006: 4 })
    expect(errorsOf(test)).toMatchObject({ 'closed-without-close-frame 1006': 4 })
  })

  it('with RST in the middle of a frame', async () => {
    server = await startBadServer('reset-mid-message', { after: 2 })
    const test = await runOne(`${server.url} -c 4 -m 10 -t 5s`)
    expect(countsOf(test)).toMatchObject({ opened: 4, closed: 4, due: 40, received: 8, lost: 4 })
    expect(errorsOf(test)).toMatchObject({ 'reset ECONNRESET': 4, 'connection-ended': 4, 'not-open': 28 })
    expect(test.closeCodes).toEqual({ 1006: 4 })
    expect(server.log.resets).toBe(4)
  })

  it('and another takes its port: those who lost their connection stay closed, the run ends', async () => {
    const first = await startBadServer('echo')
    let second: BadServer | null = null
    const restart = setTimeout(async () => {
      await first.close()
      second = await startBadServer('echo', { port: first.port })
    }, 500)
    const test = await runOne(`${first.url} -c 4 -d 1500ms -W 0 -r 100 -t 500ms`)
    clearTimeout(restart)
    await second!.close()
    const counts = countsOf(test)
    expect(counts).toMatchObject({ opened: 4, closed: 4, due: 600 })
    expect(counts.unsent_closed).toBeGreaterThan(0)
    expect(counts.received).toBeGreaterThan(0)
    expect(test.status).toBe('completed')
    expect(test.validity.state).not.toBe('invalid')
  })

  it('in the second cycle as in the first', async () => {
    server = await startBadServer('close-with', { code: 1012, after: 1 })
    const test = await runOne(`${server.url} -c 3 -m 1 --cycles 3 -t 1s`)
    expect(countsOf(test)).toMatchObject({ attempted: 9, opened: 9, due: 9, received: 9, lost: 0 })
    expect(server.log.accepted).toBe(9)
  })
})

describe('the server does not end the connection', () => {
  it('a server that ignores our Close is reset after the close timeout, which is no error', async () => {
    server = await startBadServer('ignore-close')
    const test = await runOne(`${server.url} -c 4 -m 2`, { limits: { closeTimeoutUs: 100_000 } })
    expect(countsOf(test)).toMatchObject({ opened: 4, closed: 0, received: 8 })
    expect(errorsOf(test)).toEqual({})
    expect(server.log.closesReceived).toEqual([1000, 1000, 1000, 1000])
    expect(server.log.connections.map((one) => one.clientEnd)).toEqual(Array(4).fill('reset'))
  })

  it('connections that are reset on purpose are not counted as closed by the server', async () => {
    server = await startBadServer('echo')
    const test = await runOne(`${server.url} -c 4 -m 2`, {
      plan: (plan) => ({
        ...plan,
        groups: plan.groups.map((group) => ({
          ...group,
          behaviour: { ...group.behaviour, close: 'reset' as const },
        })),
      }),
    })
    expect(countsOf(test)).toMatchObject({ opened: 4, closed: 0, received: 8 })
    expect(errorsOf(test)).toEqual({})
    expect(test.closeCodes).toEqual({})
  })

  it('pings are answered', async () => {
    server = await startBadServer('pings', { everyMs: 10 })
    const test = await runOne(`${server.url} -c 2 -d 500ms -W 0 -r 20`)
    expect(countsOf(test)).toMatchObject({ closed: 0, lost: 0 })
    expect(countsOf(test).pings_received).toBeGreaterThan(10)
    expect(server.log.pongs).toBeGreaterThan(10)
    expect(server.log.violations).toEqual([])
  })
})

describe('illegal frames', () => {
  const faults: [name: BehaviourName, failure: string, code: number][] = [
    ['oversized-frame', 'too-large message over the size limit', 1009],
    ['frame-of-2^63', 'too-large message over the size limit', 1009],
    ['masked-frame', 'protocol masked frame from the server', 1002],
    ['reserved-bits', 'protocol reserved bits set', 1002],
    ['compressed-frame', 'protocol reserved bits set', 1002],
    ['reserved-opcode', 'protocol reserved opcode', 1002],
    ['fragmented-control', 'protocol fragmented control frame', 1002],
    ['long-control', 'protocol control frame over 125 bytes', 1002],
    ['unexpected-continuation', 'protocol continuation without a message', 1002],
    ['message-inside-message', 'protocol new message inside a fragmented one', 1002],
    ['one-byte-close', 'protocol close frame of one byte', 1002],
    ['invalid-close-code', 'protocol close code that may not be sent', 1002],
  ]
  it.each(faults)('%s: %s', async (name, failure, code) => {
    server = await startBadServer(name, { after: 2 })
    const test = await runOne(`${server.url} -c 3 -m 5 -t 1s`)
    const counts = countsOf(test)
    expect(counts).toMatchObject({ opened: 3, closed: 3, due: 15, received: 6 })
    expect(counts.lost! + counts.unsent_closed!).toBe(9)
    expect(errorsOf(test)[failure]).toBe(3)
    expect(server.log.closesReceived).toEqual([code, code, code])
  })

  it('a message over --max-message is too large', async () => {
    server = await startBadServer('echo-64-bit')
    const test = await runOne(`${server.url} -c 2 -m 3 -t 1s --max-message 65535`)
    expect(errorsOf(test)['too-large message over the size limit']).toBe(2)
  })

  it('text that is not UTF-8 is a fault when asked to look, else a message', async () => {
    server = await startBadServer('invalid-utf8', { after: 1 })
    const checked = await runOne(`${server.url} -c 2 -m 3 -t 300ms`, { limits: { checkUtf8: true } })
    expect(countsOf(checked)).toMatchObject({ closed: 2, received: 2 })
    expect(errorsOf(checked)['not-utf8 text is not UTF-8']).toBe(2)
    const unchecked = await runOne(`${server.url} -c 2 -m 3 -t 300ms`)
    expect(countsOf(unchecked)).toMatchObject({ closed: 0, received: 2, lost: 4, unexpected: 2 })
  })
})

describe('too much, or too slow', () => {
  it('a flood is counted as it comes, in bounded memory, and the run ends', async () => {
    server = await startBadServer('flood', { sizeBytes: 1000, echo: true })
    const before = process.memoryUsage.rss()
    const test = await runOne(`${server.url} -c 2 -d 1 -W 0 -r 20 -t 2s`, {
      limits: { closeTimeoutUs: 200_000 },
    })
    expect(countsOf(test).unexpected).toBeGreaterThan(1000)
    expect(countsOf(test).due).toBe(40)
    expect(process.memoryUsage.rss() - before).toBeLessThan(200e6)
  })

  it('open: a server that reads nothing fills its socket, and what follows is unsent', async () => {
    server = await startBadServer('slow-reader')
    const test = await runOne(`${server.url} -c 2 -d 1 -W 0 -R 4000 -s 16384 -t 300ms`, {
      limits: { maxQueuedBytes: 100_000, closeTimeoutUs: 200_000 },
    })
    const counts = countsOf(test)
    expect(counts).toMatchObject({ due: 4000, received: 0, unsent_closed: 0 })
    expect(counts.unsent_full).toBeGreaterThan(1000)
    expect(counts.sent).toBe(counts.lost)
    expect(errorsOf(test)['socket-full']).toBe(counts.unsent_full)
    expect(server.log.messages).toBe(0)
    // The socket was the server's doing; lateness would be ours (a busy machine may add some).
    if (counts.unsent_behind === 0)
      expect(test.validity.reasons.map(({ code }) => code)).not.toContain('rate-not-reached')
  })

  it('closed: a full socket waits for room, then gives the message up', async () => {
    server = await startBadServer('slow-reader')
    const test = await runOne(`${server.url} -c 1 -m 500 -p 500 -s 65536 -t 100ms`, {
      limits: { maxQueuedBytes: 100_000, closeTimeoutUs: 200_000 },
      plan: (plan) => ({
        ...plan,
        groups: plan.groups.map((group) => ({ ...group, stop: { messages: 500, durationUs: 1_500_000 } })),
      }),
    })
    expect(countOf(test, 'messages_unsent_full')).toBeGreaterThan(0)
    expect(countOf(test, 'messages_sent')).toBeLessThan(500)
    expect(countOf(test, 'messages_received')).toBe(0)
  })
})
