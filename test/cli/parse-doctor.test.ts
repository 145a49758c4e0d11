import { describe, expect, it, test } from 'vitest'
import { parseCommandLine } from '../../src/cli/parse-arguments.ts'
import type { DoctorCommand } from '../../src/cli/parse-doctor.ts'
import { UsageError } from '../../src/errors.ts'

function parse(...argv: string[]): DoctorCommand {
  const line = parseCommandLine(['doctor', ...argv], {})
  if (line.command !== 'doctor') throw new Error(`not doctor: ${line.command}`)
  return line
}

describe('stress doctor', () => {
  it('alone has no plan', () => {
    expect(parse()).toEqual({ command: 'doctor', run: null, measure: false, json: false, color: true })
  })

  it('options about its output make no plan', () => {
    expect(parse('--measure', '--json', '--no-color')).toEqual({
      command: 'doctor',
      run: null,
      measure: true,
      json: true,
      color: false,
    })
  })

  test.each([
    [['-c', '25k'], { flags: [{ name: 'connections', text: '25k' }] }],
    [['ws://h:1', '--measure'], { flags: [{ name: 'url', text: 'ws://h:1' }] }],
    [['storm.yaml'], { scenarioPath: 'storm.yaml', flags: [] }],
    [
      ['--json', 'ws://h:1', '--', 'node', 's.js'],
      { serverCommand: ['node', 's.js'], flags: [{ name: 'url' }] },
    ],
  ])('reads the options of a run: %j', (argv, run) => {
    expect(parse(...argv).run).toMatchObject(run)
  })

  it('keeps mistakes for the plan to report with its own', () => {
    expect(parse('-c', '5', '--conections', '6').run?.mistakes).toHaveLength(1)
  })

  it('without a plan reports them at once', () => {
    expect(() => parse('--mesure')).toThrow(UsageError)
  })

  it('is a command with help of its own', () => {
    expect(parseCommandLine(['doctor', '--help'], {})).toEqual({ command: 'help', topic: 'doctor' })
    expect(() => parseCommandLine(['doktor'], {})).not.toThrow()
  })
})
