/** Flows over real sockets: what they do to their connection, how they end, and that each is counted once. */
import { afterEach, describe, expect, it } from 'vitest'
import type { TestResult } from '../../src/result/run-result.ts'
import { type FlowServer, startFlowServer } from '../support/flow-server.ts'
import { countOf, errorsOf, runOne, type Weather } from '../support/weather.ts'
import { writeFlow } from '../support/write-flow.ts'

let server: FlowServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

async function runFlow(body: string, options: string, weather: Weather = {}): Promise<TestResult> {
  server ??= await startFlowServer()
  return runOne(`${writeFlow(body)} ${server.url} ${options}`, weather)
}

/** The flows by what became of them; of all that were due. */
function flowsOf(test: TestResult): Record<string, number | null> {
  const names = ['due', 'started', 'completed', 'failed', 'skipped', 'unfinished']
  const counts = Object.fromEntries(names.map((name) => [name, countOf(test, `flows_${name}`)]))
  expect(counts.due).toBe(counts.completed! + counts.failed! + counts.skipped! + counts.unfinished!)
  expect(counts.due).toBe(counts.started! + counts.skipped!)
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0))
}

describe('a flow that ends well', () => {
  it('sends and gets what it expects, in named steps, as often as it was asked to', async () => {
    const test = await runFlow(
      `await client.step('hello', async () => {
         await client.send('hello ' + context.client)
         await client.expect('hello ' + context.client)
       })
       await client.step('json', async () => {
         await client.send({ type: 'echo', data: { n: context.iteration } })
         const message = await client.expect({ '/type': 'echo', '/data/n': context.iteration })
         if (message.get('/data/n') !== context.iteration) throw new Error('not mine')
       })`,
      '-c 4 -m 3',
    )
    expect(flowsOf(test)).toEqual({ due: 12, started: 12, completed: 12 })
    expect(countOf(test, 'flow_time')).toBe(12)
    expect(countOf(test, 'step_time{step=hello}')).toBe(12)
    expect(countOf(test, 'step_time{step=json}')).toBe(12)
    expect(countOf(test, 'steps_failed{step=json}')).toBe(0)
    expect([countOf(test, 'messages_sent'), countOf(test, 'messages_received')]).toEqual([24, 24])
    expect(server!.log.texts).toHaveLength(24)
    expect(test.errors).toEqual([])
    expect([server!.log.opened, countOf(test, 'connections_attempted')]).toEqual([4, 4])
  })

  it('is done once by each client when nothing says how often', async () => {
    expect(flowsOf(await runFlow(`await client.ping()`, '-c 3'))).toMatchObject({ due: 3, completed: 3 })
  })

  it('expects texts, patterns, bytes, functions and anything, also what came before it looked', async () => {
    const test = await runFlow(
      `for (const text of ['a1', 'b2', 'c3', 'd4']) await client.send(text)
       await client.send(Uint8Array.of(1, 2, 3))
       const bytes = await client.expect(Uint8Array.of(1, 2, 3))
       if (!bytes.isBinary) throw new Error('text')
       await client.expect(/^c\\d$/g)
       await client.expect((message) => message.text === 'a1')
       const rest = [(await client.expect(undefined, { next: true })).text, (await client.expect()).text]
       if (rest.join() !== 'b2,d4') throw new Error(rest.join())`,
      '-c 2',
    )
    expect([flowsOf(test), test.errors]).toEqual([{ due: 2, started: 2, completed: 2 }, []])
  })

  it('has a connection that greeted it before it began', async () => {
    server = await startFlowServer({ greeting: 'welcome' })
    expect(flowsOf(await runFlow(`await client.expect('welcome', { next: true })`, '-c 3'))).toMatchObject({
      completed: 3,
    })
  })

  it('closes with a code, and the next one has a new connection', async () => {
    const test = await runFlow(
      `await client.send('x')
       await client.expect('x')
       await client.close(4001)`,
      '-c 2 -m 3',
    )
    expect(flowsOf(test)).toMatchObject({ completed: 6 })
    expect([server!.log.opened, countOf(test, 'connections_opened')]).toEqual([6, 6])
    expect(server!.log.closeCodes).toEqual(Array(6).fill(4001))
    expect([countOf(test, 'connections_closed'), countOf(test, 'connections_left')]).toEqual([0, 6])
    expect(test.errors).toEqual([])
  })

  it('connects again, and waits for a close that it expects', async () => {
    const test = await runFlow(
      `await client.reconnect()
       await client.send({ do: 'close', code: 4002 })
       const code = await client.expectClose()
       if (code !== 4002 || client.isOpen) throw new Error(String(code))
       await client.reconnect()
       await client.send('again')
       await client.expect('again')`,
      '-c 2',
    )
    expect(flowsOf(test)).toMatchObject({ completed: 2 })
    expect([server!.log.opened, countOf(test, 'connections_opened')]).toEqual([6, 6])
    expect([countOf(test, 'connections_closed'), test.errors]).toEqual([0, []])
  })

  it('knows its number, its row, its variables and its turn', async () => {
    const test = await runFlow(
      `await client.send(JSON.stringify({ n: context.client, of: context.clients, turn: context.iteration,
         user: context.row.user, room: context.env.ROOM, ending: context.ending }))
       await client.expect()`,
      '-c 3 -m 2 --data users.csv --var ROOM=lobby',
      { files: { 'users.csv': 'user,password\nann,one\n"b,ob",two\n' } },
    )
    expect(flowsOf(test)).toMatchObject({ completed: 6 })
    const seen = server!.log.texts.map((text) => JSON.parse(text) as Record<string, unknown>)
    const expected = [0, 1, 2].flatMap((n) =>
      [0, 1].map((turn) => ({
        n,
        of: 3,
        turn,
        user: ['ann', 'b,ob', 'ann'][n],
        room: 'lobby',
        ending: false,
      })),
    )
    expect(seen).toHaveLength(6)
    expect(seen).toEqual(expect.arrayContaining(expected))
  })
})

describe('a flow that fails is counted once, with its step and line, and the run goes on', () => {
  it.each([
    [
      'throws',
      `await client.step('login', () => { throw new Error('boom') })`,
      /^flow-error login: boom \(flow-\d+\.mjs:2\)$/,
    ],
    ['throws at once', `throw new Error('a\\x1b[31m\\nb')`, /^flow-error a\\x1b\[31m \(flow-\d+\.mjs:2\)$/],
    ['throws no error', `throw undefined`, /^flow-error undefined$/],
    [
      'waits in vain',
      `await client.step('wait', () => client.expect('x', { within: 20 }))`,
      /^expect-timeout wait flow-\d+\.mjs:2$/,
    ],
    [
      'expects something else',
      `await client.send('a'); await client.expect('b', { next: true })`,
      /^expect-mismatch flow-\d+\.mjs:2$/,
    ],
    [
      'asks a function that throws',
      `await client.send('a'); await client.expect(() => { throw new Error('no') })`,
      /^flow-error no \(flow-\d+\.mjs:2\)$/,
    ],
    ['expects nonsense', `await client.expect(7)`, /^flow-error expect\(\) takes /],
    ['thinks nonsense', `await client.think('5')`, /^flow-error a time is /],
    ['sends after it closed', `await client.close(); await client.send('x')`, /^not-open flow-\d+\.mjs:2$/],
  ])('%s', async (_, body, error) => {
    const test = await runFlow(body, '-c 3 -m 2')
    expect(flowsOf(test)).toEqual({ due: 6, started: 6, failed: 6 })
    const errors = Object.entries(errorsOf(test))
    expect(errors).toEqual([[expect.stringMatching(error), 6]])
  })

  it('loses its connection: the connection counts, and so does the flow', async () => {
    const test = await runFlow(
      `await client.send({ do: 'close', code: 1011 })
       await client.expect('never')`,
      '-c 3',
    )
    expect(flowsOf(test)).toMatchObject({ failed: 3 })
    expect(errorsOf(test)).toEqual({
      'close-code 1011': 3,
      [Object.keys(errorsOf(test)).find((key) => key.startsWith('connection-ended flow-'))!]: 3,
    })
    expect(test.closeCodes).toEqual({ 1011: 3 })
  })

  it('never resolves: it fails when it was idle for too long', async () => {
    const test = await runFlow(`await new Promise(() => {})`, '-c 3 -m 1 --flow-timeout 200ms')
    expect(flowsOf(test)).toEqual({ due: 3, started: 3, failed: 3 })
    expect(errorsOf(test)).toEqual({ 'flow-stalled': 3 })
  })

  it('is not idle while it thinks or waits, however long', async () => {
    const test = await runFlow(`await client.think(400)`, '-c 2 --flow-timeout 100ms')
    expect(flowsOf(test)).toMatchObject({ completed: 2 })
  })

  it('fails in some flows only: the others are as ever, on connections of their own', async () => {
    const test = await runFlow(
      `await client.send('x' + context.iteration)
       await client.expect('x' + context.iteration)
       if (context.client === 0) throw new Error('only me')`,
      '-c 2 -m 4',
    )
    expect(flowsOf(test)).toMatchObject({ due: 8, completed: 4, failed: 4 })
    // A failed flow leaves its connection to nobody.
    expect(server!.log.opened).toBe(5)
  })

  it('hides secrets of variables, rows and headers in what it throws', async () => {
    const test = await runFlow(
      `throw new Error('x ' + context.env.KEY + ' ' + context.row.password + ' hdr-secret y')`,
      '-c 1 --var KEY=env-secret --data users.csv -H X-Key:hdr-secret',
      { files: { 'users.csv': 'user,password\nann,row-secret\n' } },
    )
    expect(Object.keys(errorsOf(test))).toEqual([expect.stringMatching(/^flow-error x … … … y /)])
    expect(JSON.stringify(test)).not.toMatch(/env-secret|row-secret|hdr-secret/)
  })

  it('keeps no more messages than it may, whatever the server sends', async () => {
    const test = await runFlow(
      `await client.send({ do: 'flood', count: 3000, text: 'm' })
       await client.expect('m 2999')
       const first = await client.expect(undefined, { next: true })
       if (first.text !== 'm 1999') throw new Error(first.text)`,
      '-c 1',
    )
    expect([flowsOf(test), test.errors]).toEqual([{ due: 1, started: 1, completed: 1 }, []])
    expect([countOf(test, 'messages_received'), countOf(test, 'messages_overflowed')]).toEqual([3000, 1999])
    expect(test.warnings.map(({ code }) => code)).toContain('overflowed')
  })
})

describe('the end of the run', () => {
  it('lets flows come to their end, and tells them', async () => {
    const test = await runFlow(
      `while (!context.ending) await client.think(5)
       await client.send('bye')
       await client.expect('bye')`,
      '-c 3 -d 200ms',
    )
    expect(flowsOf(test)).toEqual({ due: 3, started: 3, completed: 3 })
    expect(server!.log.texts).toEqual(['bye', 'bye', 'bye'])
  })

  it('cuts off those that do not, which are neither completed nor failed', async () => {
    const test = await runFlow(
      `context.signal.addEventListener('abort', () => {})
       await client.step('long', () => client.think('1h'))`,
      '-c 3 -d 100ms -t 200ms',
    )
    expect(flowsOf(test)).toEqual({ due: 3, started: 3, unfinished: 3 })
    expect([countOf(test, 'steps_failed{step=long}') ?? 0, test.errors]).toEqual([0, []])
    expect(test.warnings.map(({ code }) => code)).toContain('cut-off')
  })

  it('does not wait for a flow that swallows its end', async () => {
    const test = await runFlow(
      `for (;;) { try { await client.expect('never', { within: '1h' }) } catch {} }`,
      '-c 2 -d 100ms -t 200ms',
    )
    expect(flowsOf(test)).toEqual({ due: 2, started: 2, unfinished: 2 })
  })

  it('on an interruption ends them all', async () => {
    const abort = new AbortController()
    const test = await runFlow(`await client.think('1h')`, '-c 2', {
      options: { signal: abort.signal, onProgress: ({ phase }) => phase === 'hold' && abort.abort() },
    })
    expect([test.status, flowsOf(test)]).toEqual(['aborted', { due: 2, started: 2, unfinished: 2 }])
  })
})

describe('arrivals', () => {
  it('start on schedule at whoever is free, with their due time', async () => {
    const test = await runFlow(
      `await client.send('x' + context.iteration)
       await client.expect('x' + context.iteration)`,
      '-c 50 -R 100 -d 500ms',
    )
    expect(flowsOf(test)).toEqual({ due: 50, started: 50, completed: 50 })
    expect([countOf(test, 'pacer_lag'), countOf(test, 'flow_time')]).toEqual([50, 50])
    expect(server!.log.opened).toBe(50)
  })

  it('are skipped when nobody is free', async () => {
    const test = await runFlow(`await client.think(2000)`, '-c 2 -R 100 -d 300ms -t 3s')
    expect(flowsOf(test)).toEqual({ due: 30, started: 2, completed: 2, skipped: 28 })
    expect(countOf(test, 'flows_skipped_busy')).toBe(28)
    expect(errorsOf(test)).toEqual({ 'no-free-client': 28 })
  })

  it('find their client again when its connection was lost', async () => {
    const test = await runFlow(
      `if (context.iteration === 0) await client.close()
       else { await client.send('x'); await client.expect('x') }`,
      // A second to connect again, on a busy machine too.
      '-c 1 -m 2 -R 1',
    )
    expect(flowsOf(test)).toMatchObject({ due: 2, completed: 2 })
    expect(server!.log.opened).toBe(2)
  })
})
