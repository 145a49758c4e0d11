import { describe, expect, it } from 'vitest'
import { renderJson } from '../../src/report/json.ts'
import { makePassingResult } from '../support/sample-result.ts'

/** The same value with the keys of every object the other way round. */
function reverseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reverseKeys(inner)]),
  )
}

describe('renderJson', () => {
  it('gives back the result', () => {
    expect(JSON.parse(renderJson(makePassingResult()))).toEqual(makePassingResult())
  })

  it('has the same bytes whatever order the keys were made in', () => {
    const reversed = reverseKeys(makePassingResult()) as ReturnType<typeof makePassingResult>
    expect(renderJson(reversed)).toBe(renderJson(makePassingResult()))
  })

  it('starts with the schema version, is indented by two blanks and ends in one newline', () => {
    expect(renderJson(makePassingResult())).toMatch(/^\{\n {2}"schemaVersion": 1,\n[\s\S]*[^\n]\n$/)
  })

  it('does not lose a run over a number that is none', () => {
    const result = makePassingResult()
    const broken = { ...result, summary: { ...result.summary, p50Us: Number.NaN } }
    expect(JSON.parse(renderJson(broken))).toMatchObject({ schemaVersion: 1, summary: { p50Us: null } })
  })
})
