/** A dialect that is an object speaks with all that its functions can see. Needs dist. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { childrenOf } from '../cli/stress.ts'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { countOf } from '../support/weather.ts'
import { run, UsageError } from './built-library.ts'

let server: BadServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

describe('a run with a dialect that is an object', () => {
  it('calls its functions in this process, where they see what is around them', async () => {
    server = await startBadServer('keep')
    const greeted: number[] = []
    const chat: Dialect = {
      name: 'chat',
      audience: 'sender',
      opening: ({ client }) => {
        greeted.push(client)
        return [`NICK user${client}`]
      },
      write: (content) => `SAY ${content}`,
      classify: (text) => (text.startsWith('NICK') ? 'control' : 'noise'),
    }
    const { url } = server
    const result = await run({ url, dialect: chat, connections: 3, messages: 2, requireValid: false })
    // The first is the one call that checks it.
    expect(greeted).toEqual([0, 0, 1, 2])
    const kept = server.log.connections.flatMap(({ kept: texts }) => texts.map((text) => text.slice(0, 10)))
    expect(kept.sort()).toEqual([
      ...['NICK user0', 'NICK user1', 'NICK user2'],
      ...Array(2)
        .fill('SAY c00000')
        .flatMap((text) => [text, text, text]),
    ])
    const { summary, tests, target } = result
    expect([summary.messagesSent, summary.messagesReceived]).toEqual([6, 6])
    expect([target.dialect, tests[0]!.plan.groups[0]!.dialect, tests[0]!.plan.workers]).toEqual([
      'chat',
      'chat',
      1,
    ])
  })

  it('may fan out, and push', async () => {
    const talk: Dialect = { name: 'talk', audience: 'everyone' }
    const publishing = {
      testType: 'broadcast',
      dialect: talk,
      subscribers: 5,
      publishers: 1,
      messages: 4,
    } as const
    const { summary } = await run({ ...publishing, messageRate: 50, requireValid: false })
    expect(summary.reach).toBe(1)
    const tick: Dialect = {
      name: 'tick',
      audience: 'nobody',
      push: { everyUs: 1_000_000, by: 'message' },
      classify: () => 'push',
    }
    const listening = {
      testType: 'push',
      dialect: tick,
      serve: 'feed',
      connections: 3,
      duration: 1.5,
    } as const
    const { tests } = await run({ ...listening, requireValid: false })
    expect(countOf(tests[0]!, 'pushes_received')).toBeGreaterThan(0)
    expect(countOf(tests[0]!, 'messages_unexpected')).toBe(0)
  })

  it('can be stopped like any other', async () => {
    server = await startBadServer('echo')
    const dialect: Dialect = { name: 'plain', audience: 'sender' }
    const abort = new AbortController()
    const watch = setInterval(() => server!.log.messages > 20 && abort.abort(), 5)
    const { url } = server
    const { status } = await run({ url, dialect, connections: 2, duration: 60 }, { signal: abort.signal })
    clearInterval(watch)
    expect(status).toBe('aborted')
  })

  it('is refused with more connections than this process may open, for no other could help', async () => {
    const dialect: Dialect = { name: 'plain', audience: 'sender' }
    const settings = { url: 'ws://127.0.0.1:9', dialect, connections: '1m' }
    const error: unknown = await run(settings).catch((thrown: unknown) => thrown)
    if (!(error instanceof UsageError)) throw error
    expect(error.message).toContain('in one process')
    expect(childrenOf(process.pid)).toEqual([])
  })

  it('ends with the function that throws', async () => {
    let calls = 0
    const dialect: Dialect = {
      name: 'broken',
      audience: 'sender',
      opening: () => {
        if (++calls > 1) throw new Error('no room')
        return []
      },
    }
    server = await startBadServer('echo')
    const started = run({ url: server.url, dialect, connections: 2, messages: 1 })
    await expect(started).rejects.toThrow('opening() of the dialect broken failed: no room')
  })
})
