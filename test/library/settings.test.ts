/** Settings in code make the plan that the same options make on the command line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { findDialect } from '../../src/dialects/registry.ts'
import { UsageError } from '../../src/errors.ts'
import { createPlan, planSettings } from '../../src/library/create-plan.ts'
import { readSettings } from '../../src/library/read-settings.ts'
import type { RunSettings } from '../../src/library/settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'stress-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** `where problem` of each; settings as JavaScript may give them. */
async function mistakesOf(settings: unknown): Promise<string[]> {
  const error: unknown = await createPlan(settings as RunSettings).catch((thrown: unknown) => thrown)
  if (!(error instanceof UsageError)) return []
  return error.mistakes.map(({ where, problem }) => `${where} ${problem}`)
}

describe('settings', () => {
  const cases: [RunSettings, string][] = [
    [{}, ''],
    [{ connections: 10, messages: 5 }, '-c 10 -m 5'],
    [{ connections: '1k', rate: '1k/s', duration: 5 }, '-c 1k -R 1k/s -d 5'],
    [{ duration: 0.25, rate: 100, timeout: '250ms' }, '-d 250ms -R 100 -t 250ms'],
    [{ testType: 'storm', connectRate: 200 }, '--test-type storm --connect-rate 200'],
    [
      { testType: 'broadcast', publishers: 2, subscribers: 50 },
      '--test-type broadcast --publishers 2 --subscribers 50',
    ],
    [{ url: ['ws://a:1', new URL('ws://b:2/x')] }, '--url ws://a:1 --url ws://b:2/x'],
    [{ urls: 'a:1', headers: { Origin: 'http://x', 'X-Y': 'z' } }, '--url a:1 -H Origin:http://x -H X-Y:z'],
    [{ url: 'a:1', header: ['Origin: http://x'] }, '--url a:1 -H Origin:http://x'],
    [{ binary: true, size: 1024, seed: 0 }, '--binary -s 1024 --seed 0'],
    [{ binary: false, insecure: false }, ''],
    [
      {
        rate: {
          stages: [
            { to: 100, over: '10s' },
            { to: 100, over: 5 },
          ],
        },
      },
      '-R|0..100 over 10s, 100..100 over 5',
    ],
    [{ url: 'a:1', command: ['node', 'my server.js'] }, '--url a:1 --|node|my server.js'],
    [{ thresholds: ['p99<50ms'], requireValid: false }, '--threshold p99<50ms'],
    [
      { dialect: 'rooms', rooms: 3, testType: 'broadcast' },
      '--dialect rooms --rooms 3 --test-type broadcast',
    ],
  ]
  it.each(cases)('%j are: %s', async (settings, line) => {
    const words = line.includes('|')
      ? line.split('|').flatMap((part, index) => (index === 0 ? part.split(' ') : [part]))
      : line.split(' ')
    const expected = await createPlan(words.filter((word) => word !== ''))
    const plan = await createPlan(settings)
    expect({ ...plan, requireValid: false }).toEqual({ ...expected, requireValid: false })
  })

  it('that are undefined are not there', async () => {
    const settings = { connections: undefined, rate: undefined, groups: undefined } as unknown as RunSettings
    expect(await createPlan(settings)).toEqual(await createPlan([]))
  })

  it('make a valid run a condition as soon as there are thresholds, unless told otherwise', async () => {
    const valid = async (settings: RunSettings): Promise<boolean> => (await createPlan(settings)).requireValid
    expect(await valid({})).toBe(false)
    expect(await valid({ threshold: 'p99<5ms' })).toBe(true)
    expect(await valid({ threshold: 'p99<5ms', requireValid: false })).toBe(false)
  })

  it('do not read variables of the process', async () => {
    process.env.STRESS_CONNECTIONS = '7'
    const plans = [await createPlan({}), await createPlan([])]
    delete process.env.STRESS_CONNECTIONS
    for (const { tests } of plans) expect(tests[0]!.groups[0]!.count).toBe(100)
  })

  it('may have groups, whose own settings win', async () => {
    const groups = [
      { name: 'chatty', connections: 2, messageRate: 20 },
      { name: 'quiet', connections: '5', size: '1KiB' },
    ]
    const { tests } = await createPlan({ testType: 'sustained', size: 64, groups })
    const shape = tests[0]!.groups.map(({ name, count, payload }) => ({ name, count, payload }))
    expect(shape).toEqual([
      { name: 'chatty', count: 2, payload: { kind: 'generated', sizeBytes: 64 } },
      { name: 'quiet', count: 5, payload: { kind: 'generated', sizeBytes: 1024 } },
    ])
  })

  it('lie over a scenario file', async () => {
    const scenario = write(
      'gate.yaml',
      'testType: sustained\nrate: 1k/s\nconnections: 50\nthreshold: p99<50ms\n',
    )
    const { tests, thresholds } = await createPlan({ scenario, connections: 5, messageRate: 2 })
    const [{ groups, testType }] = tests as [(typeof tests)[0]]
    expect([testType, groups[0]!.count, thresholds]).toEqual(['sustained', 5, ['p99<50ms']])
    expect(groups[0]!.pacing).toMatchObject({ kind: 'open', stages: [{ toPerSec: 10 }] })
  })
})

describe('a mistake in settings', () => {
  it('stands where the program has it, with all the others', async () => {
    const settings = {
      conections: 10,
      duration: 'abc',
      timeout: Number.NaN,
      headers: { 'b b': 'x' },
      rate: { stages: [{ to: 5 }] },
      thresholds: ['p99<5ms', 'p99<'],
    }
    expect(await mistakesOf(settings)).toEqual([
      'rate.stages[0].over is missing',
      'conections is not known here; did you mean connections',
      'duration is not a length of time',
      'timeout is not a length of time',
      'headers.b b has no valid header name before the colon',
      "thresholds[1] the value '' is missing",
    ])
  })

  it('in the form of groups hides what depends on them', async () => {
    expect(await mistakesOf({ groups: null, thresholds: ['p99{group=a}<5ms'] })).toEqual([
      'groups has the wrong form',
    ])
    expect(await mistakesOf({ groups: [{ connections: 1 }] })).toEqual(['groups[0].name is missing'])
  })

  it.each([[undefined], [null], [5], ['ws://127.0.0.1:9001'], [() => {}], [new Map()]])(
    '%s are no settings',
    async (what) => {
      expect(await mistakesOf(what)).toEqual([expect.stringMatching(/^settings /)])
    },
  )

  it.each([
    'output',
    'outputs',
    'metricsPort',
    'json',
    'full',
    'quiet',
    'noProgress',
    'noColor',
    'dryRun',
    'debug',
  ])('is %s, for the library writes nothing', async (name) => {
    expect(await mistakesOf({ [name]: true })).toEqual([
      `${name} is for the command line: the library prints and writes nothing`,
    ])
  })

  it('shows no secret', async () => {
    const settings = {
      token: 'geheim-1',
      tokens: ['geheim-2'],
      jwtSecret: 'geheim-3',
      header: ['geheim-4'],
      url: 'http2://u:geheim-5@h',
    }
    const error: unknown = await createPlan(settings).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UsageError)
    expect(JSON.stringify((error as UsageError).mistakes)).not.toContain('geheim')
  })

  it('are groups beside a scenario file', async () => {
    const scenario = write('empty.yaml', 'testType: sustained\n')
    expect(await mistakesOf({ scenario, groups: [{ name: 'a', connections: 1 }] })).toEqual([
      'groups cannot go with a scenario file',
    ])
    expect(await mistakesOf({ scenario: 5 as unknown as string })).not.toEqual([])
  })
})

const MINE: Dialect = { name: 'mine', audience: 'sender', write: (content) => `SAY ${content}` }

describe('a dialect', () => {
  it('may be the path or the URL of a module', async () => {
    const path = write('mine.mjs', "export default { name: 'mine', audience: 'sender' }")
    for (const dialect of [path, pathToFileURL(path), pathToFileURL(path).href]) {
      const { tests } = await createPlan({ url: 'a:1', dialect })
      expect(tests[0]!.groups[0]!.dialect).toBe(path)
    }
  })

  it('may be an object, also a class of one; its load has one worker', async () => {
    class Chat implements Dialect {
      readonly name = 'chat'
      readonly audience = 'sender'
      readonly #word = 'SAY'
      write(content: string): string {
        return `${this.#word} ${content}`
      }
    }
    for (const dialect of [MINE, new Chat()]) {
      const { tests } = await createPlan({ url: 'a:1', dialect })
      const { workers, groups } = tests[0]!
      expect(workers).toBe(1)
      expect(findDialect(groups[0]!.dialect)).toMatchObject({ name: dialect.name })
    }
  })

  it('that is an object asks for one worker, however many cores there are', () => {
    const { scenario, release } = readSettings({ url: 'a:1', dialect: MINE })
    expect(scenario!.options).toContainEqual(expect.objectContaining({ name: 'workers', text: '1' }))
    release()
  })

  it('that is an object is forgotten when its plan is released, and when the plan has mistakes', async () => {
    const { plan, release } = await planSettings({ url: 'a:1', dialect: MINE })
    const { dialect } = plan.tests[0]!.groups[0]!
    expect(findDialect(dialect)).toBeDefined()
    release()
    expect(findDialect(dialect)).toBeUndefined()
  })

  it('of two objects with one name are two', async () => {
    const names = await Promise.all(
      [MINE, { ...MINE }].map(
        async (dialect) => (await createPlan({ url: 'a:1', dialect })).tests[0]!.groups[0]!.dialect,
      ),
    )
    expect(new Set(names).size).toBe(2)
  })

  it('that is an object is checked as a module is, where it stands', async () => {
    const broken = { name: 'x y', audience: 'all', wirte: () => '' }
    expect(await mistakesOf({ dialect: broken })).toEqual([
      'dialect wirte is no field of a dialect',
      "dialect name is 'x y'",
      "dialect audience is 'all'",
    ])
    const groups = [
      { name: 'a', connections: 1, dialect: { name: 'x', audience: 'sender', write: () => 'no content' } },
    ]
    expect(await mistakesOf({ groups })).toEqual([
      'groups[0].dialect write does not keep the content as it is',
    ])
  })

  it('that is an object does not go with several workers', async () => {
    expect(await mistakesOf({ url: 'a:1', dialect: MINE, workers: 2 })).toEqual([
      'workers cannot go with a dialect that is an object: its load is made in the thread that calls',
    ])
    expect(await mistakesOf({ url: 'a:1', dialect: MINE, workers: 1 })).toEqual([])
  })
})
