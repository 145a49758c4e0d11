import { describe, expect, it } from 'vitest'
import type { CheckResult } from '../../src/verify/check.ts'
import { renderJunit } from '../../src/verify/junit.ts'
import { createListing } from '../../src/verify/listing.ts'
import type { ReportFormat } from '../../src/verify/report-lines.ts'
import { tap } from '../../src/verify/tap.ts'

const RESULTS: readonly CheckResult[] = [
  {
    suite: 'echo',
    name: 'text comes back unchanged',
    outcome: { state: 'pass', figures: '' },
    durationMs: 1.2,
  },
  {
    suite: 'echo',
    name: 'a # in a name',
    outcome: { state: 'fail', expected: 'text "it\'s <b>"', seen: 'text "\\u001b[31m & more"' },
    durationMs: 2000,
  },
  {
    suite: 'echo',
    name: 'a close is answered',
    outcome: { state: 'skip', reason: 'no secret' },
    durationMs: 0,
  },
  {
    suite: 'performance',
    name: 'storm, 100 connections at once',
    outcome: { state: 'pass', figures: 'connect_time P50 20 ms' },
    durationMs: 1500,
  },
]
const HEAD = { dialect: 'echo', url: 'ws://127.0.0.1:9001', total: 4 }

function render(format: ReportFormat, interrupted = false): string {
  const lines = RESULTS.map((result, index) => format.result(result, index + 1))
  return [format.head(HEAD), ...lines, format.end(RESULTS, 3501, interrupted)].join('')
}

it('TAP has a line a check, and the details as YAML', () => {
  expect(render(tap)).toMatchInlineSnapshot(`
    "TAP version 14
    # echo at ws://127.0.0.1:9001
    1..4
    ok 1 - echo: text comes back unchanged
    not ok 2 - echo: a \\# in a name
      ---
      expected: 'text "it''s <b>"'
      seen: 'text "\\u001b[31m & more"'
      ...
    ok 3 - echo: a close is answered # SKIP no secret
    ok 4 - performance: storm, 100 connections at once
    # connect_time P50 20 ms
    "
  `)
})

it('TAP bails out when it is interrupted', () => {
  expect(render(tap, true).split('\n').at(-2)).toBe('Bail out! interrupted')
})

it('the list has what was expected and seen under a check that failed', () => {
  expect(render(createListing(false))).toMatchInlineSnapshot(`
    "stress verify  echo  ws://127.0.0.1:9001  4 checks

    echo
      ✓ text comes back unchanged  1.2 ms
      ✗ a # in a name
          expected  text "it's <b>"
          seen      text "\\u001b[31m & more"
      – a close is answered  skipped: no secret

    performance
      ✓ storm, 100 connections at once  connect_time P50 20 ms

    FAIL  2 passed, 1 failed, 1 skipped  in 3.50 s
    "
  `)
})

it('the list without failures says PASS, an interrupted one says so', () => {
  const format = createListing(false)
  expect(format.end(RESULTS.slice(0, 1), 10, false)).toBe(
    '\nPASS  1 passed, 0 failed, 0 skipped  in 10.0 ms\n',
  )
  expect(format.end(RESULTS, 10, true)).toContain('INTERRUPTED')
})

it('the list is coloured when it is asked to', () => {
  expect(render(createListing(true))).toContain('\u001b[32m✓')
  expect(render(createListing(false))).not.toContain('\u001b')
})

describe('JUnit', () => {
  it('has a suite for the checks and one for the runs', () => {
    expect(renderJunit(RESULTS)).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="stress verify" tests="4" failures="1" errors="0" skipped="1" time="3.501">
        <testsuite name="echo" tests="3" failures="1" errors="0" skipped="1" time="2.001">
          <testcase classname="stress.verify.echo" name="text comes back unchanged" time="0.001"/>
          <testcase classname="stress.verify.echo" name="a # in a name" time="2.000">
            <failure message="expected text &quot;it&apos;s &lt;b&gt;&quot;, saw text &quot;\\u001b[31m &amp; more&quot;">expected  text &quot;it&apos;s &lt;b&gt;&quot;
      seen      text &quot;\\u001b[31m &amp; more&quot;</failure>
          </testcase>
          <testcase classname="stress.verify.echo" name="a close is answered" time="0.000">
            <skipped message="no secret"/>
          </testcase>
        </testsuite>
        <testsuite name="performance" tests="1" failures="0" errors="0" skipped="0" time="1.500">
          <testcase classname="stress.verify.performance" name="storm, 100 connections at once" time="1.500">
            <system-out>connect_time P50 20 ms</system-out>
          </testcase>
        </testsuite>
      </testsuites>
      "
    `)
  })

  it('leaves out what XML cannot carry', () => {
    const seen = 'a\u0000b\u001bc\ud800d\uffffe 😀 ]]>'
    const xml = renderJunit([
      { suite: 'echo', name: '"&<>\'', outcome: { state: 'fail', expected: '', seen }, durationMs: 0 },
    ])
    expect(xml).toContain('name="&quot;&amp;&lt;&gt;&apos;"')
    expect(xml).toContain('abcde 😀 ]]&gt;')
    expect(xml).not.toMatch(/[\u0000-\u0008\u001b\uffff]/)
  })
})
