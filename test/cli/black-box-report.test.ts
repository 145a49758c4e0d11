/** `stress report` of the built program: what a run left behind, once more. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import type { RunResult } from '../../src/result/run-result.ts'
import {
  makeAbortedResult,
  makeFailedGate,
  makePassingResult,
  makeResult,
  makeSustainedTest,
} from '../support/sample-result.ts'
import { linesOf, parseResult, runStress, startStress } from './stress.ts'

let cwd = ''
/** What the runs of the files printed. */
const printed: Record<string, string> = {}

const RUNS: Readonly<Record<string, string[]>> = {
  'one.json': ['-c', '5', '-m', '200'],
  'gate.json': ['-c', '5', '-m', '50', '--threshold', 'connections_opened:count>5', '--full'],
  'all.json': ['--test-type', 'all', '-c', '5', '-m', '5'],
}

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'stress-report-'))
  for (const [file, args] of Object.entries(RUNS))
    printed[file] = (await runStress([...args, '-o', file, '--no-progress'], { cwd })).stdout
  write('failed.json', makeFailedGate())
  write('aborted.json', makeAbortedResult())
  write('passed.json', makePassingResult())
}, 120_000)
afterAll(() => rmSync(cwd, { recursive: true }))

function write(file: string, result: RunResult): void {
  writeFileSync(join(cwd, file), JSON.stringify(result))
}

/** Without what was written then, and what was worth typing next. */
function withoutTail(text: string): string[] {
  return linesOf(text).filter((line) => !/^(?:written|next):/.test(line))
}

async function pipe(input: string, args: readonly string[]) {
  const running = startStress(args, { cwd })
  running.write(input)
  return running.ended
}

describe('prints what the run itself printed', () => {
  test.each(Object.keys(RUNS))('%s', async (file) => {
    const full = RUNS[file]!.includes('--full') ? ['--full'] : []
    const { code, stdout, stderr } = await runStress(['report', file, ...full], { cwd })
    expect(withoutTail(stdout)).toEqual(withoutTail(printed[file]!))
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })
})

describe('writes', () => {
  it('the same result', async () => {
    const { stdout } = await runStress(['report', 'all.json', '--json'], { cwd })
    expect(stdout).toBe(readFileSync(join(cwd, 'all.json'), 'utf8'))
    parseResult(stdout)
  })

  it('a text beside what is printed, and says so', async () => {
    const { stdout } = await runStress(['report', 'one.json', '-o', 'one.txt'], { cwd })
    expect(stdout).toContain('written: one.txt')
    expect(readFileSync(join(cwd, 'one.txt'), 'utf8')).toContain('response time')
  })

  it('every format', async () => {
    const files = ['x.md', 'x.xml', 'x.csv', 'x.txt']
    const outputs = files.flatMap((file) => ['-o', file])
    const { stdout, code } = await runStress(['report', 'failed.json', ...outputs], { cwd })
    expect(stdout).toContain(`written: ${files.join(', ')}`)
    expect(code).toBe(0)
    for (const file of files) expect(readFileSync(join(cwd, file), 'utf8')).toContain('sustained')
  })

  it('one line with --quiet', async () => {
    const { stdout } = await runStress(['report', 'failed.json', '-q'], { cwd })
    expect(linesOf(stdout)).toHaveLength(1)
  })
})

describe('ends with', () => {
  test.each<[number, string[]]>([
    [0, ['failed.json']],
    [0, ['aborted.json']],
    [0, ['passed.json', '--threshold', 'connections_opened:count==100']],
    [99, ['passed.json', '--threshold', 'throughput/response_time:p(99)<1us']],
    [99, ['passed.json', 'failed.json', '--threshold', 'error_ratio<1%']],
    [130, ['aborted.json', '--threshold', 'messages_received:count>1']],
    [130, ['aborted.json', '--require-valid']],
    [0, ['passed.json', '--require-valid']],
    [2, ['none.json']],
    [2, ['passed.json', '--threshold', 'delivery_time:p(99)<1s']],
    [2, ['failed.json', '--threshold', 'storm/connect_time:max<1s']],
    [2, ['failed.json', '--threshold', 'p99<+10%']],
    [2, ['failed.json', '-o', 'no/such/folder.txt']],
    [2, ['failed.json', 'passed.json', '--json']],
  ])('%i: %j', async (code, args) => {
    expect(await runStress(['report', ...args], { cwd })).toMatchObject({ code })
  })

  it.each([
    ['failed.json', 99],
    ['aborted.json', 130],
    ['passed.json', 0],
  ])('the exit code of %s when that comes through a pipe: the shell forgets it', async (file, code) => {
    const ended = await pipe(readFileSync(join(cwd, file), 'utf8'), ['report', '-'])
    expect(ended).toMatchObject({ code, stderr: '' })
  })
})

describe('several results', () => {
  it('stand side by side', async () => {
    const { stdout } = await runStress(['report', 'passed.json', 'failed.json'], { cwd })
    const lines = linesOf(stdout)
    expect(lines[0]).toMatch(/2 results side by side$/)
    expect(lines.filter((line) => /^(?:passed|failed)\.json +\w+ .* valid$/.test(line))).toHaveLength(2)
  })

  it('as Markdown', async () => {
    const { stdout } = await runStress(['report', 'passed.json', 'failed.json', '-o', 'md=-'], { cwd })
    expect(stdout).toContain('\n| failed.json | sustained | 98 |')
  })

  it('with --full each by itself as well, with --quiet in a line each', async () => {
    const full = await runStress(['report', 'passed.json', 'failed.json', '--full'], { cwd })
    expect(full.stdout.match(/^stress /gm)).toHaveLength(3)
    const quiet = await runStress(['report', 'passed.json', 'failed.json', '-q'], { cwd })
    expect(linesOf(quiet.stdout).map((line) => line.split(':')[0])).toEqual(['passed.json', 'failed.json'])
  })
})

describe('parts of one run', () => {
  beforeAll(() => {
    write('part1.json', makeResult([makeSustainedTest(50)]))
    write('part2.json', makeFailedGate())
    write('part4.json', { ...makeFailedGate(), thresholds: [] })
  })

  it('are named as such, and stay apart unless told', async () => {
    const { stdout, code } = await runStress(['report', 'part1.json', 'part2.json'], { cwd })
    expect(stdout).toContain('2 results side by side')
    expect(stdout).toContain('note: these look like parts of one run: --merge adds them up')
    expect(code).toBe(0)
  })

  it('become one result with --merge, in any format', async () => {
    const args = ['report', 'part1.json', 'part4.json', '--merge', '-o', 'merged.json', '-o', 'merged.xml']
    const { stdout, code } = await runStress(args, { cwd })
    expect(linesOf(stdout)[0]).toContain('150 connections')
    expect(stdout).toContain('note: 2 results as one: part1.json, part4.json')
    expect(code).toBe(0)
    const merged = parseResult(readFileSync(join(cwd, 'merged.json'), 'utf8'))
    expect(merged.tests[0]?.metrics.messages_sent).toMatchObject({ count: 3000 })
    const again = await runStress(['report', 'merged.json'], { cwd })
    expect(withoutTail(again.stdout)).toEqual(withoutTail(stdout))
  })

  it('are gated as one', async () => {
    const args = ['report', 'part1.json', 'part2.json', '--merge']
    const hold = await runStress([...args, '--threshold', 'messages_sent:count==3000'], { cwd })
    const fail = await runStress([...args, '--threshold', 'p99<50ms'], { cwd })
    expect([hold.code, fail.code]).toEqual([0, 99])
  })

  it('keep the thresholds that all of them had, and their verdict', async () => {
    const gate = makeFailedGate()
    write('part3.json', { ...gate, startedAt: '2026-01-02T03:04:05.001Z' })
    const { stdout, code } = await runStress(['report', 'part2.json', 'part3.json', '--merge'], { cwd })
    expect(stdout).toContain('1 of 2 thresholds (exit 99)')
    expect(code).toBe(99)
  })

  it('that had thresholds of their own need some for the whole', async () => {
    const args = ['report', 'part1.json', 'part2.json', '--merge']
    const { stderr, code } = await runStress(args, { cwd })
    expect(stderr).toContain('run with thresholds that are not the same')
    expect(code).toBe(2)
  })

  it('that are none are refused', async () => {
    const { stderr, code } = await runStress(['report', 'part1.json', 'passed.json', '--merge'], { cwd })
    expect(stderr).toContain("--merge 'passed.json': has the tests throughput, storm, sustained")
    expect(code).toBe(2)
  })
})

describe('refuses in words', () => {
  it.each([
    ['{"schemaVersion": 1, "tool', 'ends too early'],
    ['hello', 'is not JSON'],
    [JSON.stringify({ ...makeFailedGate(), schemaVersion: 2 }), 'is newer than this program'],
  ])('%s', async (input, problem) => {
    const { code, stdout, stderr } = await pipe(input, ['report', '-'])
    expect(stderr).toContain(problem)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  it('a file that would move the cursor, with nothing that moves it', async () => {
    const hostile = { ...makeFailedGate(), schemaVersion: '\u001b[2J' }
    const { stderr } = await pipe(JSON.stringify(hostile), ['report', '-'])
    expect(stderr).toContain('\\x1b[2J')
    expect(stderr).not.toContain('\u001b')
  })
})
