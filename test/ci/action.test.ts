/** deploy/action: as GitHub reads it, as the README describes it, and its steps run with inputs as a workflow gives them. Needs dist. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { checkAction } from './check-workflow.ts'
import { addFakeGh, listComments } from './fake-gh.ts'
import { listBlocks, readSection } from './readme-blocks.ts'
import { createScratchProject, type Ended, findProgram, type ScratchProject } from './scratch-project.ts'

interface Step {
  readonly name: string
  readonly run?: string
  readonly uses?: string
  readonly if?: string
  readonly env?: Readonly<Record<string, string>>
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>
  readonly outputs: Readonly<Record<string, { readonly value: string }>>
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
}

const FOLDER = fileURLToPath(new URL('../../deploy/action', import.meta.url))
const text = readFileSync(join(FOLDER, 'action.yml'), 'utf8')
const action = parse(text) as Action

let project: ScratchProject
beforeEach(async () => {
  project = await createScratchProject()
})
afterEach(() => project.remove())

/** Runs a step as GitHub would: its env filled in from inputs and earlier outputs; `outputs` is what it writes. */
async function runStep(
  name: string,
  values: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended & { outputs: Record<string, string> }> {
  const step = action.runs.steps.find((one) => one.name === name)!
  const filled = Object.entries(step.env ?? {}).map(([key, value]) => {
    const known = /^\$\{\{ (.+) \}\}$/.exec(value)?.[1] ?? ''
    const [, input] = /^inputs\.(.+)$/.exec(known) ?? []
    return [key, values[known] ?? action.inputs[input ?? '']?.default ?? '']
  })
  const file = project.write('github-output', '')
  const github = {
    GITHUB_ACTION_PATH: FOLDER,
    GITHUB_OUTPUT: file,
    GITHUB_REPOSITORY: 'me/mine',
    GH_TOKEN: 'a-token',
  }
  const ended = await project.run(step.run!, {
    env: { ...github, ...Object.fromEntries(filled), ...env },
    shell: ['bash', '--noprofile', '--norc', '-eo', 'pipefail'],
  })
  const lines = project.read('github-output').trim().split('\n').filter(Boolean)
  const outputs = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)))
  return { ...ended, outputs }
}

/** The inputs of the README's example, with what is given laid over them. */
function inputsWith(own: Readonly<Record<string, string>>): Record<string, string> {
  const [, example = ''] = listBlocks('GitHub Actions', 'yaml')
  const steps = parse(project.ported(example)).jobs.load.steps as {
    uses?: string
    with: Record<string, unknown>
  }[]
  const given = steps.find(({ uses }) => uses?.includes('/deploy/action@'))!.with
  const inputs = { ...given, args: '--rate 200/s --duration 1s --warmup 0', ...own }
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`inputs.${name}`, String(value)]))
}

async function runAction(own: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  const { outputs } = await runStep('Find stress', {})
  return runStep('Run', { ...inputsWith(own), 'steps.tool.outputs.stress': outputs.stress! }, env)
}

const LENIENT = { STRESS_REQUIRE_VALID: 'false' }

describe('the action', () => {
  it('is one that GitHub takes', () => {
    expect(checkAction(text)).toEqual([])
    expect(checkAction(text.replace('using: composite', 'using: composit'))).not.toEqual([])
  })

  it('has the inputs and outputs that the README gives it', () => {
    const section = readSection('GitHub Actions')
    const rows = Array.from(section.matchAll(/^\| `([\w-]+)` +\| (.+?) +\|/gm), ([, name, value]) => [
      name,
      value,
    ])
    expect(rows.map(([name]) => name)).toEqual([
      'url',
      'command',
      'args',
      'thresholds',
      'baseline',
      'output',
      'artifact',
      'comment',
      'name',
      'token',
      'working-directory',
    ])
    expect(Object.keys(action.inputs).sort()).toEqual(rows.map(([name]) => name).sort())
    for (const [name = '', value = ''] of rows) {
      if (value.startsWith('`')) expect([name, `\`${action.inputs[name]!.default}\``]).toEqual([name, value])
    }
    for (const name of Object.keys(action.outputs)) expect(section).toContain(`\`${name}\``)
  })

  it('puts no value into the text of a script, and says which version it uses', () => {
    for (const { run = '', uses } of action.runs.steps) {
      expect(run).not.toContain('${{')
      if (uses !== undefined) expect(uses).toMatch(/@(?:v\d+|[0-9a-f]{40})$/)
    }
  })

  it('comments and keeps the report in any case, but never with the token of a fork', () => {
    const conditionOf = (name: string): string =>
      action.runs.steps.find((step) => step.name === name)?.if ?? ''
    expect(conditionOf('Comment')).toMatch(/^always\(\) && .*head\.repo\.full_name == github\.repository$/s)
    expect(conditionOf('Keep the report')).toMatch(/^always\(\) /)
  })
})

describe('its run', () => {
  it.each([
    [0, 'p99<5s\n\n  error_ratio<50%', '', LENIENT],
    [99, 'p99<1us', '', LENIENT],
    [4, 'p99<5s', '--rate 5m/s --duration 1s --warmup 0', {}],
  ])('ends with %i, and names what it wrote', async (code, thresholds, args, env) => {
    const ended = await runAction({ thresholds, ...(args !== '' && { args }) }, env)
    expect(ended.code, ended.stdout + ended.stderr).toBe(code)
    const { 'exit-code': told, folder, ...paths } = ended.outputs
    expect([told, folder]).toEqual([String(code), join(project.folder, 'stress-report')])
    expect(Object.keys(paths)).toEqual(['json', 'markdown', 'junit', 'html'])
    for (const path of Object.values(paths)) expect(readFileSync(path, 'utf8')).not.toBe('')
  })

  it('keeps words in quotes together, and runs nothing that stands in them', async () => {
    const payload = `'{"id":"{client}-{seq}","text":"$(touch hacked) \`touch hacked\`; touch hacked"}'`
    const args = `--rate 200/s --duration 1s --warmup 0 --payload ${payload}`
    const ended = await runAction({ thresholds: 'error_ratio<50%', args }, LENIENT)
    expect(ended.code, ended.stdout + ended.stderr).toBe(0)
    const { tests } = JSON.parse(readFileSync(ended.outputs.json!, 'utf8'))
    expect(tests[0].plan.groups[0].payload).toContain('$(touch hacked)')
    expect(existsSync(join(project.folder, 'hacked'))).toBe(false)
  })

  it.each([
    ['url', 'ws://127.0.0.1:9; touch hacked'],
    ['url', '$(touch hacked)'],
    ['args', '--rate 1; touch hacked'],
    ['args', "--rate '"],
    ['args', '$(touch hacked)'],
    ['thresholds', '`touch hacked`'],
    ['thresholds', 'p99<5s"; touch hacked; "'],
    ['output', ''],
    ['output', 'a\nexit-code=0'],
  ])('takes the input %s %j for what it is: a mistake', async (name, value) => {
    const ended = await runAction({ [name]: value })
    expect([ended.stdout + ended.stderr, ended.code]).toEqual([ended.stdout + ended.stderr, 2])
    expect(existsSync(join(project.folder, 'hacked'))).toBe(false)
    expect(ended.outputs.json).toBeUndefined()
    expect(ended.outputs['exit-code'] ?? '2').toBe('2')
  })

  it('starts no shell for the command', async () => {
    const ended = await runAction({ command: 'node server.js; touch hacked' }, LENIENT)
    expect(existsSync(join(project.folder, 'hacked'))).toBe(false)
    expect(ended.code).toBe(3)
  })
})

describe('a baseline', () => {
  it('is compared with: its files are one a line', async () => {
    const first = await runAction({ thresholds: '', output: 'base 1' }, LENIENT)
    const second = await runAction({ thresholds: '', output: 'base 2' }, LENIENT)
    const baseline = [first, second].map(({ outputs }) => outputs.json).join('\n')
    // A busy machine may spoil a run.
    const args = '--rate 200/s --duration 1s --warmup 0 --anyway'
    const ended = await runAction({ thresholds: 'error_ratio<+50%', baseline, args }, LENIENT)
    const { comparison } = JSON.parse(readFileSync(ended.outputs.json!, 'utf8'))
    expect(comparison.base.runs, ended.stdout + ended.stderr).toBe(2)
  })
})

describe('stress itself', () => {
  it('is that of the project, else that of the checkout', async () => {
    const own = await runStep('Find stress', {})
    expect(own.outputs.stress).toBe(join(project.folder, 'node_modules/.bin/stress'))
    rmSync(join(project.folder, 'node_modules/.bin/stress'))
    const { outputs } = await runStep('Find stress', {})
    expect(outputs.stress).toBe(fileURLToPath(new URL('../../dist/bin.js', import.meta.url)))
  })
})

describe('its comment', () => {
  const jq = findProgram('jq')
  it.skipIf(jq === null)(
    `is updated, not repeated; each name has its own${jq === null ? ' (skipped: jq is not installed)' : ''}`,
    async () => {
      const others = { id: 1, user: { type: 'User' }, body: '<!-- stress: load -->\nmine' } as const
      addFakeGh(project, [others])
      const comment = async (name: string, words: string): Promise<void> => {
        const path = project.write('stress.md', words)
        const ended = await runStep(
          'Comment',
          {
            'inputs.name': name,
            'steps.run.outputs.markdown': path,
            'github.event.pull_request.number': '7',
          },
          { GH_TOKEN: 'a-token' },
        )
        expect([ended.code, ended.stderr]).toEqual([0, ''])
      }
      await comment('load', 'one')
      await comment('storm --> <b>', 'two')
      await comment('load', 'three')
      expect(listComments(project)).toEqual([
        others,
        { id: 2, user: { type: 'Bot' }, body: '<!-- stress: load -->\nthree' },
        { id: 3, user: { type: 'Bot' }, body: '<!-- stress: storm  b -->\ntwo' },
      ])
    },
  )
})
