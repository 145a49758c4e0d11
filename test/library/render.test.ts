import { describe, expect, it } from 'vitest'
import { formatTable } from '../../src/library/format-table.ts'
import { render } from '../../src/library/render.ts'
import { makeFailedGate } from '../support/sample-result.ts'

const lines = (text: string): number => text.split('\n').length - 1
const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length))

describe('formatTable', () => {
  it('is the report of the terminal, without colours and for 80 columns unless told otherwise', () => {
    const result = makeFailedGate()
    const table = formatTable(result)
    expect(lines(table)).toBeLessThanOrEqual(14)
    expect(widest(table)).toBeLessThanOrEqual(80)
    expect(table).not.toContain('\x1b')
    expect(formatTable(result, { color: true })).toContain('\x1b[')
    expect(lines(formatTable(result, { quiet: true }))).toBe(1)
    expect(lines(formatTable(result, { full: true }))).toBeGreaterThan(lines(table))
  })
})

describe('render', () => {
  it.each([
    ['json', /^\{\n {2}"schemaVersion"/],
    ['md', /^#/m],
    ['xml', /^<\?xml /],
    ['csv', /^test,/],
    ['html', /^<!doctype html>/i],
    ['txt', /^stress /],
  ] as const)('%s is the text of a file', (format, beginning) => {
    expect(render(format, makeFailedGate())).toMatch(beginning)
  })

  it('gives text in each of its lengths', () => {
    const result = makeFailedGate()
    expect(lines(render('txt', result, { quiet: true }))).toBe(1)
    expect(lines(render('txt', result, { full: true }))).toBeGreaterThan(lines(render('txt', result)))
  })
})
