import { describe, expect, it, test } from 'vitest'
import { renderHelp, renderTopic } from '../../src/cli/help.ts'
import { COMMAND_TEXTS } from '../../src/cli/help-topics.ts'
import { parseCommandLine } from '../../src/cli/parse-arguments.ts'
import { UsageError } from '../../src/errors.ts'
import { toKebab } from '../../src/plan/option.ts'
import { GROUP_OPTIONS, OPTION_NAMES } from '../../src/plan/option-table.ts'
import { parseScenario } from '../../src/plan/scenario.ts'
import { checkThreshold } from '../../src/thresholds/check-threshold.ts'
import { resolve } from '../plan/resolve.ts'

const COMMANDS = Object.keys(COMMAND_TEXTS)
const TOPICS = [
  'thresholds',
  'validity',
  'exit-codes',
  'metrics',
  'scenarios',
  'flows',
  'options',
  ...COMMANDS,
]

/** As the message on an unknown option lists them. */
function listOptions(command: string): string[] {
  try {
    parseCommandLine([command, '--what-is-this'], {})
  } catch (error) {
    if (error instanceof UsageError) return error.mistakes[0]?.accepted.split(', ') ?? []
  }
  return []
}

it('has at most 40 lines', () => {
  expect(renderHelp().trimEnd().split('\n').length).toBeLessThanOrEqual(40)
})

test.each([null, ...TOPICS])('the text on %s fits into 80 columns and ends with a line feed', (topic) => {
  const text = renderTopic(topic)
  const widest = Math.max(...text.split('\n').map((line) => line.length))
  expect(widest).toBeLessThanOrEqual(80)
  expect(text.endsWith('\n')).toBe(true)
})

it('on options names every option', () => {
  for (const name of OPTION_NAMES) expect(renderTopic('options')).toContain(`--${toKebab(name)} `)
})

// doctor takes the options of a run, and names its own in its text alone; import wants to know first what; completion has none.
test.each(COMMANDS.filter((name) => !['doctor', 'import', 'completion'].includes(name)))(
  'on %s names every option of it',
  (command) => {
    const options = listOptions(command)
    expect(options.length).toBeGreaterThan(6)
    const text = renderTopic(command)
    expect(options.filter((option) => !new RegExp(`${option}(?![\\w-])`).test(text))).toEqual([])
  },
)

it('names the topics there are for one that does not exist', () => {
  expect(() => renderTopic('treshold')).toThrow('example: stress help thresholds')
})

describe('what it shows is right', () => {
  it('on thresholds', () => {
    const { tests } = resolve('--test-type', 'all', '-c', '1k', '-m', '100').plan
    const shown = Array.from(
      renderTopic('thresholds').matchAll(/^ {2}(\S*[<=>]\S*) {2,}/gm),
      (match) => match[1] ?? '',
    )
    expect(shown.length).toBeGreaterThan(4)
    for (const expression of shown)
      expect([expression, checkThreshold(expression, tests)]).toEqual([expression, null])
  })

  it('on metrics', () => {
    const plans = [
      resolve('--test-type', 'all', '-c', '1k', '-m', '100').plan.tests,
      resolve('--test-type', 'broadcast').plan.tests,
      resolve('--dialect', 'sse', '-d', '1m').plan.tests,
      resolve('--test-type', 'heartbeat').plan.tests,
      resolve('flow.mjs').plan.tests,
      resolve('--test-type', 'reconnect').plan.tests,
    ]
    const [trends = ''] = renderTopic('metrics').split('Counters')
    const names = trends.match(/\b(?!step_time)(?:\w+_(?:time|lag)|connect_\w+)\b/g) ?? []
    expect(names.length).toBeGreaterThan(9)
    for (const name of names.filter((metric) => metric !== 'connect_tls')) {
      const mistakes = plans.map((tests) => checkThreshold(`${name}:max<1s`, tests))
      expect([name, mistakes]).toEqual([name, expect.arrayContaining([null])])
    }
  })

  it('on scenarios', () => {
    const examples = renderTopic('scenarios')
      .split('\n\n')
      .filter((block) => /^ {2}\w+:/.test(block))
    expect(examples).toHaveLength(2)
    for (const example of examples) {
      const mistakes: never[] = []
      parseScenario('s.yaml', Buffer.from(example), mistakes)
      expect(mistakes).toEqual([])
    }
    for (const name of GROUP_OPTIONS) expect(renderTopic('scenarios')).toContain(name)
  })
})
