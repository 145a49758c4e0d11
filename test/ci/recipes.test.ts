/**
 * The README's recipes for CI: read as GitHub and GitLab read them, and their lines run in a project with a server of its own.
 * What differs from the README: the port, shorter runs, limits that fail or hold for certain. Needs dist.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { XMLValidator } from 'fast-xml-parser'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { checkWorkflow, runActionlint } from './check-workflow.ts'
import { addFakeGh, listComments } from './fake-gh.ts'
import { listBlocks } from './readme-blocks.ts'
import { createScratchProject, type Ended, findProgram, type ScratchProject } from './scratch-project.ts'

interface Step {
  readonly name?: string
  readonly uses?: string
  readonly if?: string
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<
    Record<string, { readonly 'timeout-minutes': number; readonly steps: readonly Step[] }>
  >
}

const workflows = listBlocks('GitHub Actions', 'yaml')
const [plain = '', withAction = ''] = workflows
const [inTurn = ''] = listBlocks('Two servers in one job', 'yaml')
const stepsOf = (text: string): readonly Step[] => Object.values((parse(text) as Workflow).jobs)[0]!.steps

let project: ScratchProject
beforeEach(async () => {
  project = await createScratchProject()
})
afterEach(() => project.remove())

/** Whether this machine is free is not what is tested: validity counts only where it is lost for certain. */
const LENIENT = { STRESS_REQUIRE_VALID: 'false' }

/** One row for each end that a gate can come to: how the line is changed, and what it gives. */
const ENDS: readonly [
  code: number,
  why: string,
  change: (line: string) => string,
  env: Readonly<Record<string, string>>,
][] = [
  [
    0,
    'passed',
    (line) => line.replace('p99<50ms', 'p99<5s').replace('error_ratio<0.1%', 'error_ratio<50%'),
    LENIENT,
  ],
  [99, 'the threshold is too strict', (line) => line.replace('p99<50ms', 'p99<1us'), LENIENT],
  [4, 'no machine makes such a load', (line) => line.replace('--rate 200/s', '--rate 5m/s'), {}],
  [3, 'the server does not start', (line) => line.replace('node server.js', 'node missing.js'), {}],
  [2, 'an option is wrong', (line) => line.replace('--rate 200/s', '--rate fast'), {}],
]

function shorten(line: string): string {
  expect(line).toContain('--duration 10s')
  expect(line).toContain('--rate 200/s')
  return line.replace('--duration 10s', '--duration 1s --warmup 0')
}

describe('GitHub Actions', () => {
  const actionlint = findProgram('actionlint')
  it.skipIf(actionlint === null)(
    `actionlint finds nothing${actionlint === null ? ' (skipped: it is not installed)' : ''}`,
    async () => {
      for (const text of [...workflows, inTurn]) expect(await runActionlint(actionlint!, text)).toBe('')
      expect(await runActionlint(actionlint!, plain.replace('runs-on', 'run-on'))).not.toBe('')
    },
  )

  it('the reader of workflows takes them', () => {
    expect(workflows).toHaveLength(2)
    for (const text of [...workflows, inTurn]) expect(checkWorkflow(text)).toEqual([])
    expect(checkWorkflow(plain.replace('runs-on', 'run-on'))).not.toEqual([])
  })

  it.each([
    ['with steps', plain],
    ['with the action', withAction],
    ['of two servers', inTurn],
  ])(
    'the workflow %s may do little, ends in time, is pinned, and puts nothing of others into a script',
    (_, text) => {
      const { permissions, jobs } = parse(text) as Workflow
      const comments = text === inTurn ? {} : { 'pull-requests': 'write' }
      expect(permissions).toEqual({ contents: 'read', ...comments })
      for (const { steps, 'timeout-minutes': minutes } of Object.values(jobs)) {
        expect(minutes).toBeLessThanOrEqual(30)
        for (const { uses, run = '', if: condition } of steps) {
          if (uses !== undefined) expect(uses).toMatch(/@(?:v\d+|[0-9a-f]{40})$/)
          if (uses?.startsWith('actions/upload-artifact@')) expect(condition).toBe('always()')
          expect(run).not.toContain('${{')
        }
      }
    },
  )

  const line = stepsOf(plain).find(({ run }) => run?.startsWith('npx stress'))?.run ?? ''
  it.each(ENDS)('ends with %i when %s', async (code, _, change, env) => {
    const changed = change(shorten(line))
    expect(changed).not.toBe(shorten(line))
    const summary = project.write('summary.md', '')
    const ended = await project.run(changed, { env: { ...env, GITHUB_STEP_SUMMARY: summary, CI: 'true' } })
    expect([code, ended.stderr, ended.code]).toEqual([code, ended.stderr, code])
    // Without a run there is no report.
    if (code === 2 || code === 3) return
    expect(project.read('summary.md')).toMatch(/^<!-- stress report -->/)
    for (const file of ['stress.json', 'stress.md', 'stress.html']) expect(project.read(file)).not.toBe('')
  })

  it('the steps before it succeed', async () => {
    const { code } = await project.run('npm ci')
    expect(code).toBe(0)
  })

  const jq = findProgram('jq')
  it.skipIf(jq === null)(
    `the comment is updated, not repeated, and that of somebody else left alone${jq === null ? ' (skipped: jq is not installed)' : ''}`,
    async () => {
      const step = stepsOf(plain).find(({ name }) => name?.startsWith('Comment'))!
      expect(step.if).toContain('always()')
      const values: Readonly<Record<string, string>> = {
        'github.token': 'a-token',
        'github.repository': 'me/mine',
        'github.event.pull_request.number': '7',
      }
      const filled = Object.entries(step.env!).map(([name, value]) => {
        return [name, value.replaceAll(/\$\{\{ (.+?) \}\}/g, (__, key: string) => values[key]!)]
      })
      const env = { ...Object.fromEntries(filled), GITHUB_REPOSITORY: 'me/mine' }
      const others = { id: 1, user: { type: 'User' }, body: '<!-- stress report -->\nmine' } as const
      addFakeGh(project, [others])
      for (const round of ['first', 'second']) {
        project.write('stress.md', `<!-- stress report -->\n${round}`)
        const ended: Ended = await project.run(step.run!, { env })
        expect([ended.code, ended.stderr]).toEqual([0, ''])
      }
      expect(listComments(project)).toEqual([
        others,
        { id: 2, user: { type: 'Bot' }, body: '<!-- stress report -->\nsecond' },
      ])
    },
  )
})

describe('two servers in one job', () => {
  /** With `origin/main` as the old build; what is not committed is the new one. */
  async function runJob(runs: number, change: (line: string) => string): Promise<Ended> {
    const git = 'git -c user.name=a -c user.email=a@b'
    const before = ['git init -q', 'git add server.js package.json', `${git} commit -q -m old`]
    const main = 'git update-ref refs/remotes/origin/main HEAD'
    const summary = project.write('summary.md', '')
    const temporary = join(project.folder, 'runner-temp')
    mkdirSync(temporary)
    const env = { GITHUB_BASE_REF: 'main', RUNNER_TEMP: temporary, GITHUB_STEP_SUMMARY: summary }
    const [setUp, worktree, compare] = stepsOf(inTurn).flatMap(({ run }) => run ?? [])
    // Fewer runs, also on a machine that is not free.
    const few = shorten(compare!)
      .replace('--runs 10', `--runs ${runs}`)
      .replace('--fail-on-worse', '--fail-on-worse --anyway')
    return project.run([...before, main, setUp, worktree, change(few)].join('\n'), { env })
  }

  it('ends with 0 when both are the same', { timeout: 240_000 }, async () => {
    // Neither better nor worse, whatever else the machine does.
    const ended = await runJob(2, (line) => line.replace('--anyway', '--anyway --margin 100%'))
    expect(ended.code, ended.stdout + ended.stderr).toBe(0)
    expect(project.read('summary.md')).toMatch(/^<!-- stress comparison -->\n\n## stress compare/)
  })

  it('ends with 99 when the new one is slower', { timeout: 240_000 }, async () => {
    const ended = await runJob(3, (line) => line.replace("'node server.js'", "'SLOW_MS=2000 node server.js'"))
    expect(ended.code, ended.stdout + ended.stderr).toBe(99)
    expect(project.read('summary.md')).toMatch(/worse/)
  })
})

describe('GitLab', () => {
  const [text = ''] = listBlocks('GitLab', 'yaml')
  const { load } = parse(text) as {
    load: { script: string[]; artifacts: Record<string, unknown>; image: string }
  }

  it('is a job as GitLab has them, whose reports are kept in any case', () => {
    expect(Object.keys(load).sort()).toEqual(['artifacts', 'image', 'script'])
    expect(load.script.every((line) => typeof line === 'string')).toBe(true)
    expect(load.artifacts).toEqual({
      when: 'always',
      paths: ['stress.html'],
      reports: { junit: 'stress.xml' },
    })
  })

  it.each(ENDS.filter(([code]) => code === 0 || code === 99 || code === 4))(
    'ends with %i when %s, with a report for the test view',
    async (code, _, change, env) => {
      const [setUp = '', line = ''] = load.script
      const script = [setUp, change(shorten(line))].join('\n')
      const ended = await project.run(script, { env, shell: ['sh', '-e'] })
      expect(ended.code, ended.stdout + ended.stderr).toBe(code)
      const junit = project.read('stress.xml')
      expect(XMLValidator.validate(junit)).toBe(true)
      expect(/<(?:failure|error)\b/.test(junit)).toBe(code !== 0)
    },
  )
})

describe('any shell', () => {
  const [script = ''] = listBlocks('Any shell', 'bash')
  const words: Readonly<Record<number, string>> = {
    0: 'passed',
    99: 'too slow, or no data',
    4: 'not valid: repeat it on a machine that is free',
    3: 'server not reached',
    2: 'did not run',
  }

  it.each(ENDS)('ends with %i when %s, and says so', async (code, _, change, env) => {
    const ended = await project.run(change(shorten(script)), { env, shell: ['sh'] })
    expect(ended.code, ended.stdout + ended.stderr).toBe(code)
    expect(ended.stdout.trimEnd().split('\n').at(-1)).toBe(words[code])
  })
})
