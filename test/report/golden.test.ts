import { describe, expect, it } from 'vitest'
import { render } from '../../src/report/render.ts'
import { makeHostileResult, NASTY } from '../support/hostile-result.ts'
import {
  makeAbortedResult,
  makeEmptyResult,
  makeFailedGate,
  makePassingResult,
} from '../support/sample-result.ts'

const SAMPLES = {
  pass: makePassingResult(),
  fail: makeFailedGate(),
  aborted: makeAbortedResult(),
  empty: makeEmptyResult(),
  hostile: makeHostileResult(NASTY),
}

/** What readers of a format see: to be looked at in the diff of whoever changes it. */
describe.each(['md', 'xml', 'csv', 'hlog', 'prom'] as const)('a result as %s', (format) => {
  it.each(Object.entries(SAMPLES))('%s', async (name, result) => {
    const text = render(format, result, { verbosity: 'default' })
    // How well a histogram is compressed depends on the zlib of the Node at hand.
    await expect(text.replace(/\bHIST[\w+/=]+/g, 'HIST…')).toMatchFileSnapshot(`golden/${name}.${format}`)
  })
})
