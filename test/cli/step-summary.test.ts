import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStepSummary } from '../../src/cli/step-summary.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stress-summary-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('openStepSummary', () => {
  it.each([
    ['an empty file', '', '### ours\n'],
    ['a line', 'theirs\n', 'theirs\n\n### ours\n'],
    ['a line without its end', 'theirs', 'theirs\n\n### ours\n'],
    ['a blank line', 'theirs\n\n', 'theirs\n\n### ours\n'],
    ['one byte', '\n', '\n\n### ours\n'],
  ])('adds to what is there, a blank line apart: %s', (_, before, after) => {
    const path = join(folder, 'summary.md')
    writeFileSync(path, before)
    const summary = openStepSummary(path)
    expect(summary.problem).toBeNull()
    expect(summary.append('### ours\n')).toBeNull()
    summary.close()
    expect(readFileSync(path, 'utf8')).toBe(after)
  })

  it('makes a file that is not there, and keeps what others add meanwhile', () => {
    const path = join(folder, 'summary.md')
    const summary = openStepSummary(path)
    appendFileSync(path, 'from another step\n')
    summary.append('### ours\n')
    summary.close()
    expect(readFileSync(path, 'utf8')).toBe('from another step\n\n### ours\n')
  })

  it('says before the run what is wrong, and then does nothing', () => {
    const summary = openStepSummary(folder)
    expect(summary.problem).toBe(`GITHUB_STEP_SUMMARY cannot be written: ${folder} (EISDIR)`)
    expect(summary.append('x')).toBeNull()
  })

  it('does nothing where nobody wants it', () => {
    expect(openStepSummary(undefined).problem).toBeNull()
    expect(openStepSummary('').append('x')).toBeNull()
  })
})
