import { expect, it } from 'vitest'
import { Fuzzer } from './fuzz/fuzzer.ts'

/** A slice of `npm run fuzz`, which tries a million. */
const INPUTS = 20_000

/** All faults of the frame reader and all verdicts of the handshake: inputs that meet fewer do not look everywhere. */
const OUTCOMES = 11 + 1 + 12

it.each([
  ['a fixed seed', 1],
  ['a new seed', Math.floor(Math.random() * 2 ** 32)],
])(`${INPUTS} inputs of %s (%i) neither crash nor mislead the frame reader and the handshake`, (_, seed) => {
  const fuzzer = new Fuzzer(seed)
  fuzzer.run(INPUTS)
  const { inputs, streams, heads, comparedWithWs, kept } = fuzzer.counts
  expect(inputs).toBe(INPUTS)
  expect(streams + heads).toBe(INPUTS)
  expect(comparedWithWs).toBeGreaterThan(INPUTS / 10)
  expect(kept).toBeGreaterThan(100)
  expect(fuzzer.outcomes.size).toBeGreaterThanOrEqual(OUTCOMES)
})
