import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { type RunningServer, type StartOptions, startServer } from '../../src/servers/start.ts'

let server: RunningServer

afterEach(() => server.close())

async function open(options: StartOptions, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  server = await startServer('sse', { port: 0, ...options })
  const [response] = (await once(get(server.url, { headers }), 'response')) as [IncomingMessage]
  return response.setEncoding('utf8')
}

/** The first `count` blocks of the stream, without the blank line behind each. */
async function readBlocks(response: IncomingMessage, count: number): Promise<string[]> {
  let text = ''
  for await (const chunk of response) {
    text += chunk
    const blocks = text.split('\n\n')
    if (blocks.length > count) return blocks.slice(0, count)
  }
  throw new Error(`the stream ended after: ${text}`)
}

const EVENT = /^id: (\d+)\ndata: Current time: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC$/

describe('the event stream', () => {
  test('begins at once and has numbered events with the time', async () => {
    const response = await open({ intervalMs: 10 })
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'text/event-stream'])
    const blocks = await readBlocks(response, 3)
    expect(blocks.map((block) => EVENT.exec(block)?.[1])).toEqual(['1', '2', '3'])
  })

  test.each([
    ['41', '42'],
    ['0', '1'],
    ['x', '1'],
    ['-3', '1'],
    ['99999999999999999999', '1'],
  ])('goes on behind the Last-Event-ID %s with %s', async (last, next) => {
    const [block] = await readBlocks(await open({}, { 'last-event-id': last }), 1)
    expect(EVENT.exec(block!)?.[1]).toBe(next)
  })

  test('sends comments while nothing happens', async () => {
    const blocks = await readBlocks(await open({ intervalMs: 60_000 }), 2)
    expect(blocks[1]).toBe(': keep-alive-text')
  })

  test('is faulted like any server: an event that is dropped leaves a gap in the numbers', async () => {
    const response = await open({ intervalMs: 1, faults: { drop: 0.5 } })
    const ids = (await readBlocks(response, 10)).map((block) => Number(EVENT.exec(block)?.[1]))
    expect(server.faults.dropped).toBeGreaterThanOrEqual(ids.at(-1)! - 10)
    expect(ids.at(-1)).toBeGreaterThan(10)
  })

  test('ends when the server closes', async () => {
    const response = await open({})
    const ended = once(response.resume(), 'end')
    await server.close()
    await ended
  })

  test.each([
    ['POST', '/events', 405],
    ['GET', '/', 404],
    ['GET', '/sse/events', 200],
  ])('%s %s is answered with %d', async (method, path, status) => {
    await open({})
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method })
    expect(response.status).toBe(status)
    await response.body?.cancel()
  })
})
