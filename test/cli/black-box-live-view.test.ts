/** The live view in a real terminal: drawn while the run goes on, and gone whatever ends it. */
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { FakeTerminal } from '../support/terminal.ts'
import { runStress, startStress } from './stress.ts'

const hasScript = spawnSync('script', ['--version']).status === 0
const terminal = describe.skipIf(!hasScript)

/** What is on an 80 columns wide terminal at the end. */
function showScreen(output: string): string[] {
  const screen = new FakeTerminal(80)
  screen.write(output.replaceAll('\r\n', '\n').replaceAll(/\x1b\[\d*m/g, ''))
  return screen.screen
}

/** As startStress() does it, in a terminal of a kind that is known. */
const inTerminal = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  startStress(args, { terminal: true, env: { TERM: 'xterm-256color', ...env } })

const RUN = ['-c', '5', '--test-type', 'sustained', '-r', '20/s']
const LINE = /^sustained {2}(?:connect|hold) \d.* {2}\d\/5 open {2}/m
/** Lines that only the view has. */
const BLOCK = /^(?:validity|errors) /

terminal(`a terminal${hasScript ? '' : ' (skipped: there is no util-linux script here)'}`, () => {
  it('has the view while the run goes on, and the report alone at the end', async () => {
    const { stdout, code } = await inTerminal([...RUN, '-d', '2s']).ended
    expect(code).toBe(0)
    expect(stdout.match(/\x1b\[\?2026h/g)?.length).toBeGreaterThan(4)
    expect(stdout).toContain('validity')
    const screen = showScreen(stdout)
    expect(screen.filter((line) => BLOCK.test(line))).toEqual([])
    expect(screen[0]).toContain('demo echo server')
    expect(stdout).not.toContain('\x1b[?25l')
  })

  it('keeps the rows of ended tests above the view', async () => {
    const { stdout } = await inTerminal(['-c', '2', '--test-type', 'all', '-m', '200', '-r', '100/s']).ended
    const screen = showScreen(stdout)
    expect(screen.filter((line) => BLOCK.test(line))).toEqual([])
    expect(screen.slice(2, 5).map((line) => line.split(' ')[0])).toEqual(['test', 'throughput', 'storm'])
    expect(screen.filter((line) => line.startsWith('sustained '))).toHaveLength(1)
  })

  it('is cleared by an interrupt, before the report and without one', async () => {
    const first = inTerminal([...RUN, '-d', '30s'])
    await first.sees('stdout', /validity/)
    first.type('\x03')
    const { stdout } = await first.ended
    expect(showScreen(stdout).filter((line) => BLOCK.test(line))).toEqual([])
    expect(stdout).toContain('INTERRUPTED')
  })

  it('has no view with --quiet and --no-progress', async () => {
    for (const option of ['--quiet', '--no-progress']) {
      const { stdout } = await inTerminal([...RUN, '-d', '1s', option]).ended
      expect(stdout).not.toMatch(/\x1b\[\?2026h|of 1 s/)
    }
  })

  it.each([{ TERM: 'dumb' }, { CI: 'true' }])('has plain lines with %o', async (env) => {
    const { stdout } = await inTerminal([...RUN, '-d', '3s'], env).ended
    expect(stdout).toMatch(LINE)
    expect(stdout).not.toMatch(/\x1b\[[?0-9]*[^m0-9;?]/)
  })

  it('has no colour with NO_COLOR, but is redrawn', async () => {
    const { stdout } = await inTerminal([...RUN, '-d', '1s'], { NO_COLOR: '1' }).ended
    expect(stdout).toContain('\x1b[?2026h')
    expect(stdout).not.toMatch(/\x1b\[\d+m/)
  })
})

describe('a file or a pipe', () => {
  it('has plain lines on stderr, and the report on stdout', async () => {
    const { stdout, stderr } = await runStress([...RUN, '-d', '3s'])
    expect(stderr).toMatch(LINE)
    expect(stderr).not.toContain('\x1b')
    expect(stdout).not.toMatch(/\bhold\b/)
    expect(stdout).not.toContain('\x1b')
  })
})
