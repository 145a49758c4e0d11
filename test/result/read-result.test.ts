import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import { render } from '../../src/report/render.ts'
import { readResult } from '../../src/result/read-result.ts'
import type { RunResult } from '../../src/result/run-result.ts'
import {
  makeAbortedResult,
  makeEmptyResult,
  makeFailedGate,
  makePassingResult,
  makeResult,
  makeStormTest,
} from '../support/sample-result.ts'
import { makeAudienceResult, makeBroadcastTest, makeFailedReach, makePushTest } from './sample-audience.ts'

/** The texts of all mistakes that reading gives; empty: none. */
function refusal(text: string): string {
  try {
    readResult(text, 'old.json')
    return ''
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return error.message
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a tree of anything
type Json = Record<string, any>
/** A small result as a tree to change. */
function changed(change: (file: Json) => void): string {
  const file = structuredClone(makeResult([makeStormTest()])) as Json
  change(file)
  return JSON.stringify(file)
}

const SAMPLES: Readonly<Record<string, RunResult>> = {
  'a run of all tests': makePassingResult(),
  'a failed gate': makeFailedGate(),
  'an aborted run': makeAbortedResult(),
  'a run without a sample': makeEmptyResult(),
  'a broadcast run': makeAudienceResult(makeBroadcastTest()),
  'a broadcast run that lost deliveries': makeFailedReach(),
  'a push run': makeAudienceResult(makePushTest()),
}

describe('readResult', () => {
  it.each(Object.entries(SAMPLES))('reads %s as it was written', (_, sample) => {
    expect(readResult(JSON.stringify(sample), 'old.json')).toEqual(sample)
  })

  it('reads a file from before a field was there: nothing was measured then', () => {
    const file = changed((file) => {
      for (const test of file.tests) {
        delete test.latencyWindows
        delete test.findings
        for (const interval of test.intervals)
          for (const name of [
            'deliveriesExpected',
            'errors',
            'closeCodes',
            'p999Us',
            'serviceP50Us',
            'serviceP99Us',
            'serviceP999Us',
          ])
            delete interval[name]
      }
    })
    const [test] = readResult(file, 'old.json').tests
    expect(test).toMatchObject({ latencyWindows: null, findings: [] })
    expect(test?.intervals[0]).toMatchObject({
      deliveriesExpected: null,
      errors: {},
      closeCodes: {},
      p999Us: null,
      serviceP99Us: null,
    })
  })

  it('reads a file with a byte order mark', () => {
    expect(readResult(`\ufeff${JSON.stringify(makeFailedGate())}`, 'old.json')).toEqual(makeFailedGate())
  })

  it('leaves out what it does not know: a later program of the same version may write more', () => {
    const file = changed((file) => {
      file.weather = 'fine'
      file.tests[0].intervals[0].pressure = 1013
    })
    expect(readResult(file, 'old.json')).toEqual(makeResult([makeStormTest()]))
  })

  it.each([
    ['an empty file', '', 'old.json: is empty'],
    ['blanks', ' \n ', 'old.json: is empty'],
    [
      'a result that was cut off',
      JSON.stringify(makeFailedGate()).slice(0, 5000),
      'old.json: ends too early',
    ],
    ['a file cut off behind a comma', '{"schemaVersion": 1,', 'old.json: ends too early'],
    ['the text of a report', 'stress 0.1.0   demo echo server', 'old.json: is not JSON'],
    ['JSON with a slip', '{\n  "schemaVersion": 1,\n  "tool" {}\n}', 'old.json: is not JSON'],
    ['a number', '1', 'old.json: is no result'],
    ['null', 'null', 'old.json: is no result'],
    ['an array', '[]', 'old.json: is no result'],
    [
      "another tool's summary",
      '{"metrics":{"ws_sessions":{"count":1}}}',
      'is no result of stress: it has no schemaVersion',
    ],
    [
      "another tool's file with a version",
      '{"schemaVersion":1,"tool":{"name":"k6"}}',
      "old.json: tool.name 'k6'",
    ],
    ['a file without a tool', '{"schemaVersion":1}', 'old.json: tool.name: is another program'],
    [
      'a comparison',
      '{"schemaVersion":1,"tool":{"name":"stress"},"kind":"comparison"}',
      'old.json: is a comparison, not a run',
    ],
    [
      'a newer version',
      changed((file) => (file.schemaVersion = 2)),
      "schemaVersion '2': is newer than this program",
    ],
    [
      'version 0',
      changed((file) => (file.schemaVersion = 0)),
      "schemaVersion '0': is no version that there ever was",
    ],
    [
      'a version in words',
      changed((file) => (file.schemaVersion = '1')),
      'is no version that there ever was',
    ],
    ['a missing field', changed((file) => delete file.summary), 'old.json: summary: is missing'],
    [
      'a text for a number',
      changed((file) => (file.tests[0].metrics.connect_time.p99 = 'fast')),
      "tests[0].metrics.connect_time.p99 'fast': is no number",
    ],
    [
      'an unknown state',
      changed((file) => (file.tests[0].validity.state = 'perfect')),
      "validity.state 'perfect': is not one that this program knows; accepted: valid, generator-limited, invalid",
    ],
    [
      'an unknown kind of metric',
      changed((file) => (file.tests[0].metrics.connect_time.type = 'set')),
      'tests[0].metrics.connect_time.type',
    ],
    [
      'numbers beyond all',
      changed((file) => (file.tests[0].phases.holdUs = 1)).replace('"holdUs":1', '"holdUs":1e999'),
      'tests[0].phases.holdUs: is greater than anything measured',
    ],
    [
      'a time before the run',
      changed((file) => (file.tests[0].intervals[0].atUs = -1)),
      "tests[0].intervals[0].atUs '-1': is no time within a run",
    ],
    [
      'a time after all runs',
      changed((file) => (file.tests[0].phases.drainUs = 1e15)),
      'tests[0].phases.drainUs',
    ],
    [
      'a start that is no date',
      changed((file) => (file.startedAt = 'yesterday')),
      "startedAt 'yesterday': is no date",
    ],
    [
      'a name that is none',
      changed((file) => (file.tests[0].testType = 'a b')),
      "testType 'a b': is no name",
    ],
    [
      'a name that every object has',
      changed((file) => (file.tests[0].testType = 'constructor')),
      'is no name',
    ],
    [
      'a field that every object has',
      changed((file) => (file.tests[0].metrics.toString = { type: 'gauge', unit: 'us', value: 1 })),
      'metrics.toString: is no name of a field',
    ],
    [
      'a prototype',
      changed(() => {}).replace('"closeCodes":{', '"closeCodes":{"__proto__":{"polluted":1},'),
      'closeCodes.__proto__: is no name',
    ],
    [
      'a histogram of something else',
      changed((file) => (file.tests[0].histograms.connect_time = 'AAAA')),
      'tests[0].histograms.connect_time: is no HDR V2 histogram',
    ],
    [
      'a window of something else',
      changed((file) => (file.tests[0].latencyWindows.windows[1].histogram = 'AAAA')),
      'tests[0].latencyWindows.windows[1].histogram: is no HDR V2 histogram',
    ],
    [
      'a window before the run',
      changed((file) => (file.tests[0].latencyWindows.windows[0].fromUs = -1)),
      'tests[0].latencyWindows.windows[0].fromUs',
    ],
    [
      'a histogram of other samples',
      changed((file) => (file.tests[0].metrics.connect_time.count = 7)),
      'histograms.connect_time: has 100 samples, and its metric 7',
    ],
    [
      'a window of other samples',
      changed((file) => {
        const histogram = file.tests[0].histograms.connect_time
        file.tests[0].latencyWindows = {
          metric: 'connect_time',
          windows: [{ fromUs: 0, toUs: 1, count: 99, histogram }],
        }
      }),
      'latencyWindows.windows[0].histogram: has 100 samples',
    ],
    [
      'a long text',
      changed((file) => (file.target.url = 'x'.repeat(20_000))),
      'target.url: has 20000 characters',
    ],
    [
      'many tests',
      changed((file) => (file.tests = Array(101).fill(file.tests[0]))),
      'tests: has 101 items; accepted: up to 100',
    ],
    [
      'many intervals',
      changed((file) => (file.tests[0].intervals = Array(20_000).fill(0))),
      'intervals: has 20000 items',
    ],
    [
      'a deep nest',
      `{"schemaVersion":1,"tool":{"name":"stress"},"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      'is nested too deeply',
    ],
  ])('refuses %s', (_, text, problem) => {
    const message = refusal(text)
    expect(message).toContain(problem)
    expect(message).toContain('accepted: ')
  })

  it('names the place of a slip, and shows nothing of the file', () => {
    expect(refusal('{"schemaVersion": 1,\n "tool" "secret"}')).toContain('line 2, column 9')
    expect(refusal('secret')).not.toContain('secret')
  })

  it('names the first five mistakes, and how many more there are', () => {
    const file = changed((file) => {
      for (const group of Object.keys(file.summary)) file.summary[group] = 'x'
    })
    const lines = refusal(file).split('\n')
    expect(lines).toHaveLength(6)
    expect(lines[5]).toMatch(/has \d+ more such mistakes/)
  })

  it('keeps no character that does something to a terminal', () => {
    const file = changed((file) => {
      file.target.url = 'ws://\u001b]0;owned\u0007/'
      file.tests[0].warnings = [{ code: 'x', message: 'one\ntwo\u202e' }]
      file.tests[0].closeCodes = { '\u001b[31m': 1 }
      file.tests[0].errors = [{ class: 'refused', detail: '\u009b2J', count: 1, firstAtUs: null }]
    })
    const result = readResult(file, 'old.json')
    expect(result.target.url).toBe('ws://\\x1b]0;owned\\x07/')
    expect(result.tests[0]?.warnings[0]?.message).toBe('one\\ntwo\\u202e')
    expect(JSON.stringify(result)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]|\\u00/)
  })

  it('leaves Object.prototype alone', () => {
    refusal('{"__proto__":{"polluted":1},"schemaVersion":1,"tool":{"name":"stress"}}')
    expect(({} as Json).polluted).toBeUndefined()
  })
})

describe('a file with anything in it', () => {
  const TEXTS = [
    '',
    'x',
    '\u001b[2J',
    '__proto__',
    'constructor',
    'a\nb',
    '\u009b31m|<blink>`&',
    'A'.repeat(500),
  ]
  const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/
  const NUMBERS = [0, -1, 0.5, 7, 1e12, 1e308]
  const OTHERS = [null, true, [], {}, [[]]]

  it('is refused in words, or makes a report: without a crash, without a control character', () => {
    const sources = [
      makeFailedGate(),
      makeResult([makeStormTest()]),
      makeAudienceResult(makePushTest()),
      makeAudienceResult(makeBroadcastTest()),
    ]
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 3 })
    let read = 0
    fc.assert(
      fc.property(fc.nat({ max: sources.length - 1 }), changes, (source, changes) => {
        const file = structuredClone(sources[source]) as Json
        for (const [at, which] of changes) spoil(file, at, which)
        let result: RunResult
        try {
          result = readResult(JSON.stringify(file), 'old.json')
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError)
          return
        }
        read++
        const has = (text: string) => ({
          // The lines of a CSV end as RFC 4180 says.
          control: CONTROLS.test(text.replaceAll('\r\n', '\n')),
          element: text.includes('<blink>'),
        })
        for (const verbosity of ['default', 'full', 'quiet'] as const)
          expect(has(render('txt', result, { verbosity })).control).toBe(false)
        for (const format of ['json', 'md', 'xml', 'csv', 'html', 'hlog', 'prom'] as const) {
          const { control, element } = has(render(format, result, { verbosity: 'default' }))
          const isMarkup = format === 'md' || format === 'xml' || format === 'html'
          expect({ format, control, element: isMarkup && element }).toEqual({
            format,
            control: false,
            element: false,
          })
        }
      }),
      { numRuns: 100 },
    )
    // Most changes spoil a file; some must be left.
    expect(read).toBeGreaterThan(5)
  })

  /** Puts something else in place of the node with that number, modulo the number of nodes: mostly of the same kind. */
  function spoil(file: Json, at: number, which: number): void {
    const places: [Json, string][] = []
    const collect = (node: Json): void => {
      // Of long lists the first two items stand for all.
      for (const [key, child] of Object.entries(node).slice(0, Array.isArray(node) ? 2 : undefined)) {
        places.push([node, key])
        if (typeof child === 'object' && child !== null) collect(child as Json)
      }
    }
    collect(file)
    const [node, key] = places[at % places.length]!
    const kind = typeof node[key] === 'string' ? TEXTS : typeof node[key] === 'number' ? NUMBERS : OTHERS
    const pool = which % 4 === 0 ? [...TEXTS, ...NUMBERS, ...OTHERS] : kind
    node[key] = pool[(which >> 2) % pool.length]
  }
})
