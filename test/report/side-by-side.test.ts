import { describe, expect, it } from 'vitest'
import { renderTogether } from '../../src/report/render.ts'
import { renderSideBySide } from '../../src/report/side-by-side.ts'
import {
  makeEmptyResult,
  makeFailedGate,
  makePassingResult,
  makeResult,
  makeStormTest,
  makeThroughputTest,
} from '../support/sample-result.ts'

const OPTIONS = { width: 80, color: false, verbosity: 'default', written: [], notes: [] } as const

describe('renderSideBySide', () => {
  it('has a row a test, the label on the first of each result', () => {
    const runs = [
      { name: 'old/all.json', result: makePassingResult() },
      { name: 'old/gate.json', result: makeFailedGate() },
    ]
    expect(renderSideBySide(runs, { ...OPTIONS, written: ['x.txt'] })).toMatchInlineSnapshot(`
      "stress 0.1.0   2 results side by side

      result     test         msg/s     P50      P99  errors  server memory  validity
      all.json   throughput  38,400  2.5 ms   6.5 ms       0          57 MB  valid
                 storm            –  5.2 ms  ~8.4 ms       0          57 MB  valid
                 sustained      100  300 µs   1.0 ms       0          57 MB  valid
      gate.json  sustained       98  302 µs    > 5 s      40          57 MB  valid
      ~ under 10 samples beyond, or a hold under 1 s   – too few, or not applicable
      all.json: 100 connections × 32 B, 5 s closed, 20 s, 1/s each
      gate.json: 100 connections × 32 B, 20 s, 1/s each
      written: x.txt
      "
    `)
  })

  it('says once what was asked when it was the same', () => {
    const runs = ['a', 'b'].map((name) => ({ name, result: makeResult([makeThroughputTest()]) }))
    const lines = renderSideBySide(runs, OPTIONS).split('\n')
    expect(lines[1]).toBe('100 connections × 32 B, 5 s closed')
    expect(lines.filter((line) => line.includes('5 s closed'))).toHaveLength(1)
  })

  it('shows the generator where no server was seen, and nothing that was not measured', () => {
    const text = renderSideBySide(
      [
        { name: 'a', result: makeEmptyResult() },
        { name: 'b', result: makeResult([]) },
      ],
      OPTIONS,
    )
    expect(text).toContain('generator memory')
    expect(text).toMatch(/^a +throughput +– +– +– +100 +74 MB +valid$/m)
    expect(text).toMatch(/^b +no test +– /m)
  })

  it('stays within its width, whatever the files are called', () => {
    const runs = ['a'.repeat(90), `b/${'c'.repeat(90)}`].map((name) => ({
      name,
      result: makePassingResult(),
    }))
    for (const width of [80, 120]) {
      const lines = renderSideBySide(runs, { ...OPTIONS, width }).split('\n')
      const table = lines.filter((line) => / valid$/.test(line))
      expect(table).toHaveLength(6)
      for (const line of table) expect(line.length).toBeLessThanOrEqual(width)
    }
  })
})

describe('renderTogether', () => {
  const runs = [
    { name: 'a|b.json', result: makePassingResult() },
    { name: '*.json', result: makeResult([makeStormTest()]) },
  ]

  it('makes Markdown that shows the names as they are', () => {
    expect(renderTogether('md', runs, { verbosity: 'default' })).toContain('| a&#124;b.json | throughput |')
    expect(renderTogether('md', runs, { verbosity: 'default' })).toContain('| \\*.json | storm |')
  })

  it('leaves a format alone that has place for one', () => {
    expect(renderTogether('json', runs, { verbosity: 'default' })).toBeNull()
  })
})
