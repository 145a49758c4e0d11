/** The built program's threads: any number of workers does exactly the plan's work. Needs dist (a thread cannot load TypeScript). */
import { afterEach, describe, expect, it } from 'vitest'
import type { RunPlan } from '../../src/plan/plan.ts'
import type { RunResult } from '../../src/result/run-result.ts'
import type { RunOptions } from '../../src/run/run.ts'
import { resolve } from '../plan/resolve.ts'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { countsOf, expectBalance } from '../support/weather.ts'

type Run = (plan: RunPlan, options?: RunOptions) => Promise<RunResult>
const built: string = new URL('../../dist/run/run.js', import.meta.url).href
const { run } = (await import(built)) as { run: Run }

let server: BadServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

async function runThreads(line: string, options?: RunOptions) {
  const { plan } = resolve(...line.split(' '))
  const result = await run(plan, options)
  for (const test of result.tests) expectBalance(test)
  return result
}

describe.each([1, 2, 3])('%i workers', (workers) => {
  it('send every message of every client once, closed', async () => {
    server = await startBadServer('keep')
    const { tests } = await runThreads(`${server.url} -c 10 -m 7 -w ${workers}`)
    expect(countsOf(tests[0]!)).toMatchObject({ attempted: 10, opened: 10, due: 70, sent: 70, received: 70 })
    expectEveryMessageOnce(server, 10, 7)
  })

  it('send every message of every client once, at a rate', async () => {
    server = await startBadServer('keep')
    const { tests } = await runThreads(`${server.url} -c 10 -m 7 -R 200 -w ${workers}`)
    expect(countsOf(tests[0]!)).toMatchObject({ due: 70, sent: 70, received: 70, unsent: 0 })
    expectEveryMessageOnce(server, 10, 7)
  })

  it('end together when interrupted', async () => {
    server = await startBadServer('echo')
    const { log } = server
    const abort = new AbortController()
    const watch = setInterval(() => log.messages > 100 && abort.abort(), 5)
    const result = await runThreads(`${server.url} -c 10 -d 60 -W 0 -w ${workers}`, { signal: abort.signal })
    clearInterval(watch)
    expect(result.status).toBe('aborted')
    expect(countsOf(result.tests[0]!)).toMatchObject({ opened: 10, received: log.messages })
  })
})

it('a rate for a time has the same number of messages whatever the workers', async () => {
  for (const workers of [1, 3]) {
    server = await startBadServer('echo')
    const { tests } = await runThreads(`${server.url} -c 10 -d 1 -W 0 -R 300 -w ${workers}`)
    expect(countsOf(tests[0]!)).toMatchObject({ due: 300, sent: 300, received: 300 })
    expect(log(server)).toEqual(Array(10).fill(30))
    await server.close()
  }
})

const log = (one: BadServer) => one.log.connections.map(({ messages }) => messages)

function expectEveryMessageOnce(one: BadServer, clients: number, messages: number): void {
  const marks = one.log.connections.flatMap(({ kept }) => kept.map((text) => text.slice(0, 19)))
  const wanted = Array.from({ length: clients }, (_, client) =>
    Array.from(
      { length: messages },
      (_, seq) => `c${String(client).padStart(7, '0')}s${String(seq).padStart(10, '0')}`,
    ),
  )
  expect(marks.sort()).toEqual(wanted.flat().sort())
}
