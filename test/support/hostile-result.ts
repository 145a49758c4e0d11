/** Results whose texts are from people who mean no good: servers, file names, users of a saved result. */
import fc from 'fast-check'
import type { RunResult, TestResult } from '../../src/result/run-result.ts'
import { counter, makeFailedGate, makeResult, makeSustainedTest } from './sample-result.ts'

/** Breaks out of cells, elements, attributes, code, lines, directions and formulas, or tries to. */
export const NASTY =
  '=1+1|`a`**b**</failure><script>alert(1)</script>]]>&amp;"\'\\|@team #12 :bug: $x$ ![i](http://e.example/p)\r\n\n```\n|---|\n# h\u0000\u001b[31m\u202e\ud800,;\t'

/** Any text, lone surrogates and controls too, and often signs that mean something somewhere. */
export const anyText = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)) }),
  fc.string({ unit: fc.constantFrom(...'|\\`\n\r \t<>&#@"\'=,;]:a') }),
  fc.constantFrom('true', '', ']]>', NASTY),
)

const failed = makeFailedGate()
const sustained = makeSustainedTest()

/** A result with `text` wherever a text from outside may stand. */
export function makeHostileResult(text: string): RunResult {
  const test: TestResult = {
    ...sustained,
    validity: {
      state: 'generator-limited',
      limitedBy: 'generator',
      reasons: [{ code: text, message: text, value: 1, limit: 2 }],
    },
    errors: [
      { class: 'close-code', detail: `1011 ${text}`, count: 2, firstAtUs: 3_000_000 },
      { class: text, detail: text, count: 1, firstAtUs: null },
    ],
    findings: [{ code: text, verdict: 'bad', message: text, value: 1, unit: text, low: null, high: null }],
    warnings: [{ code: text, message: text }],
    intervals: sustained.intervals.map((one) => ({
      ...one,
      errors: { [text]: 1 },
      closeCodes: { [text]: 1 },
    })),
    closeCodes: { [text]: 1 },
  }
  const [group] = test.plan.groups
  const named: TestResult = {
    ...test,
    plan: { ...test.plan, groups: [{ ...group!, name: text, dialect: text, payload: text }] },
    metrics: { ...test.metrics, [`messages_sent{group=${text}}`]: counter(1) },
  }
  return makeResult([named], {
    exitCode: 99,
    tool: { name: 'stress', version: text },
    environment: { ...failed.environment, node: text, os: text, cpuModel: text },
    target: { ...failed.target, url: text, urls: [text], dialect: text, command: text },
    thresholds: failed.thresholds.map((row) => ({ ...row, expression: text, note: text })),
  })
}
