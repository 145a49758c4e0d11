/** run() of the library: judged, without a trace in the process that calls it. Needs dist. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Progress } from '../../src/result/progress.ts'
import type { RunResult } from '../../src/result/run-result.ts'
import { childrenOf } from '../cli/stress.ts'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { createPlan, RunError, run, UsageError } from './built-library.ts'

let server: BadServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

async function startEcho(): Promise<string> {
  server = await startBadServer('echo')
  return server.url
}

/** Valid or not is the machine's business: without --require-valid the thresholds decide. */
const SHORT = { connections: 4, messages: 5, requireValid: false }

describe('a run', () => {
  it('has the verdict of the command line: passed, failed, without data', async () => {
    const url = await startEcho()
    const codeOf = async (
      ...thresholds: string[]
    ): Promise<[number, RunResult['thresholds'][number]['result'][]]> => {
      const { exitCode, thresholds: rows } = await run({ url, ...SHORT, thresholds })
      return [exitCode, rows.map(({ result }) => result)]
    }
    expect(await codeOf('messages_received:count==20')).toEqual([0, ['pass']])
    expect(await codeOf('messages_received:count==20', 'messages_sent:count==7')).toEqual([
      99,
      ['pass', 'fail'],
    ])
    expect(await codeOf('server_rss<999GB')).toEqual([99, ['no-data']])
  })

  it('counts failed thresholds in the summary', async () => {
    const { summary } = await run({
      url: await startEcho(),
      ...SHORT,
      thresholds: ['messages_sent:count==7'],
    })
    expect(summary.thresholdsFailed).toBe(1)
  })

  it('of a server that is not there is a result, with exit code 3', async () => {
    const url = await startEcho()
    await server!.close()
    const { status, exitCode, summary } = await run({ url, ...SHORT, thresholds: ['error_ratio==0'] })
    expect([status, exitCode, summary.connectionsFailed]).toEqual(['failed', 3, 4])
  })

  it('takes a plan as well, as often as you like', async () => {
    const plan = await createPlan({ url: await startEcho(), ...SHORT })
    const results = [await run(plan), await run(plan)]
    expect(results.map(({ summary }) => summary.messagesReceived)).toEqual([20, 20])
  })

  it('two at once keep their numbers apart', async () => {
    const url = await startEcho()
    const [small, large] = await Promise.all([
      run({ url, connections: 2, messages: 3 }),
      run({ url, connections: 5, messages: 11 }),
    ])
    expect([small.summary.messagesReceived, large.summary.messagesReceived]).toEqual([6, 55])
    expect(server!.log.messages).toBe(61)
  })

  it('leaves the process as it was: no listener, no child, nothing printed', async () => {
    const listeners = (): number[] =>
      ['exit', 'SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException'].map((name) => process.listenerCount(name))
    const before = listeners()
    const children = childrenOf(process.pid)
    await run(SHORT)
    expect(listeners()).toEqual(before)
    expect(childrenOf(process.pid)).toEqual(children)
  })
})

describe('an AbortSignal', () => {
  it('aborted before starts nothing: run() rejects with its reason', async () => {
    const url = await startEcho()
    await expect(
      run({ url, ...SHORT }, { signal: AbortSignal.abort(new Error('not today')) }),
    ).rejects.toThrow('not today')
    expect(server!.log.connections).toEqual([])
  })

  it('during a run drains, and the result still comes: aborted, exit code 130', async () => {
    const url = await startEcho()
    const abort = new AbortController()
    const onProgress = ({ phase }: Progress): void => {
      if (phase === 'hold') abort.abort()
    }
    const { signal } = abort
    const settings = { url, connections: 4, messageRate: 50, duration: 60, thresholds: ['error_ratio==0'] }
    const { status, exitCode, summary } = await run(settings, { signal, onProgress })
    expect([status, exitCode]).toEqual(['aborted', 130])
    expect(summary.messagesReceived).toBeGreaterThan(0)
  })

  it('while a server is being started gives it up', async () => {
    const abort = new AbortController()
    const command = [process.execPath, '-e', 'setInterval(() => {}, 1000)']
    const started = run({ url: 'ws://127.0.0.1:9', command, ...SHORT }, { signal: abort.signal })
    const watch = setInterval(() => childrenOf(process.pid).length > 0 && abort.abort(), 5)
    await expect(started).rejects.toBeInstanceOf(RunError)
    clearInterval(watch)
    expect(childrenOf(process.pid)).toEqual([])
  })
})

describe('a callback', () => {
  it('hears of the progress and of each test, with the numbers so far', async () => {
    const phases: Progress['phase'][] = []
    const ended: string[] = []
    const settings = {
      url: await startEcho(),
      connections: 4,
      messageRate: 20,
      duration: 1.2,
      requireValid: false,
    }
    await run(settings, {
      onProgress: ({ phase }) => phases.push(phase),
      onTestEnd: ({ testType }, { summary }) => ended.push(`${testType} ${summary.messagesReceived > 0}`),
    })
    expect(phases).toContain('hold')
    expect(ended).toEqual(['throughput true'])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('my own bug')
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('my own bug')
      },
    ],
  ])('that %s ends the run, which rejects with that', async (_, onProgress) => {
    const settings = { url: await startEcho(), connections: 4, messageRate: 20, duration: 60 }
    await expect(run(settings, { onProgress })).rejects.toThrow('my own bug')
  })
})

describe('a mistake', () => {
  it('is a UsageError with all of them, and nothing is started', async () => {
    const url = await startEcho()
    const settings = { url, connections: 'many', duration: '5 parsecs', threshold: 'p99<' }
    const error: unknown = await run(settings).catch((thrown: unknown) => thrown)
    if (!(error instanceof UsageError)) throw error
    expect(error.mistakes.map(({ where }) => where)).toEqual(['connections', 'duration', 'threshold'])
    expect(server!.log.connections).toEqual([])
  })

  it('of what this machine cannot do is one, too', async () => {
    const settings = { url: await startEcho(), ...SHORT, serverPid: 2 ** 22 + 1, sourceIps: '192.0.2.1' }
    const error: unknown = await run(settings).catch((thrown: unknown) => thrown)
    if (!(error instanceof UsageError)) throw error
    expect(error.mistakes.map(({ where }) => where)).toEqual(['--server-pid', '--source-ip'])
  })
})
