import { describe, expect, it } from 'vitest'
import { renderJson } from '../../src/report/json.ts'
import { makePassingResult } from '../support/sample-result.ts'

describe('renderJson', () => {
  it('gives back the result', () => {
    expect(JSON.parse(renderJson(makePassingResult()))).toEqual(makePassingResult())
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
