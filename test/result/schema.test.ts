import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { runResult } from '../../src/result/run-result.ts'
import { makeResultSchema } from '../../src/result/write-schema.ts'
import {
  makeAbortedResult,
  makeEmptyResult,
  makeFailedGate,
  makePassingResult,
} from '../support/sample-result.ts'
import {
  makeAudienceResult,
  makeBroadcastTest,
  makeFailedReach,
  makePushTest,
  makeStreamTest,
} from './sample-audience.ts'

const SAMPLES = {
  'a run of all tests': makePassingResult(),
  'a failed gate': makeFailedGate(),
  'an aborted run': makeAbortedResult(),
  'a run without a sample': makeEmptyResult(),
  'a broadcast run': makeAudienceResult(makeBroadcastTest()),
  'a broadcast run that lost deliveries': makeFailedReach(),
  'a push run': makeAudienceResult(makePushTest()),
  'a push run without a promised interval': makeAudienceResult(makePushTest(null)),
  'a run of event streams': makeAudienceResult(makeStreamTest()),
}

const validate = new Ajv2020({ allErrors: true }).compile(makeResultSchema())

describe('the JSON Schema of a result', () => {
  it.each(Object.entries(SAMPLES))('accepts %s', (_, sample) => {
    validate(JSON.parse(JSON.stringify(sample)))
    expect(validate.errors ?? []).toEqual([])
  })

  it.each(Object.entries(SAMPLES))(
    'describes %s completely: nothing in it is unknown to the type',
    (_, sample) => {
      expect(runResult.parse(sample)).toEqual(sample)
    },
  )

  it('is of draft 2020-12', () => {
    expect(makeResultSchema()).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' })
  })

  it('lets later fields pass, so that a script that validates does not break over an addition', () => {
    expect(validate({ ...makePassingResult(), addedLater: 1 })).toBe(true)
  })

  it.each([
    ['another schema version', { schemaVersion: 2 }],
    ['a missing summary', { summary: undefined }],
    ['a status that does not exist', { status: 'done' }],
  ])('refuses %s', (_, over) => {
    expect(validate(JSON.parse(JSON.stringify({ ...makePassingResult(), ...over })))).toBe(false)
  })
})
