/** Flows as a user runs them: what is refused before anything starts, and what no flow may do to the program. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunResult } from '../../src/result/run-result.ts'
import { type FlowServer, startFlowServer } from '../support/flow-server.ts'
import { writeFlow, writeModule } from '../support/write-flow.ts'
import { runForResult, runStress } from './stress.ts'

let server: FlowServer
beforeAll(async () => {
  server = await startFlowServer()
})
afterAll(() => server.close())

function countOf({ tests }: RunResult, name: string): number | null {
  const metric = tests[0]!.metrics[name]
  return metric?.type === 'counter' || metric?.type === 'trend' ? metric.count : null
}

function errorsOf({ tests }: RunResult): (readonly [string, number])[] {
  return tests[0]!.errors.map(({ class: name, detail, count }) => [`${name} ${detail}`.trim(), count])
}

const TALK = `
  await client.step('talk', async () => {
    await client.send('hello ' + context.client)
    await client.expect('hello ' + context.client)
  })`

describe('stress flow.mjs', () => {
  it('runs it in the workers, and holds thresholds on its steps', async () => {
    const { code, result } = await runForResult([
      writeFlow(TALK),
      server.url,
      ...['-c', '10', '-m', '20', '--workers', '2'],
      ...['--threshold', 'step_time{step=talk}:p(99)<5s', '--threshold', 'steps_failed{step=talk}==0'],
      ...['--threshold', 'p(99)<5s'.replace('p(99)', 'p99'), '--threshold', 'flow_success==1'],
    ])
    expect([result.status, result.thresholds.map((row) => row.result)]).toEqual([
      'completed',
      ['pass', 'pass', 'pass', 'pass'],
    ])
    expect(result.summary.validity === 'valid' ? code : 0).toBe(0)
    expect([countOf(result, 'flows_completed'), countOf(result, 'step_time{step=talk}')]).toEqual([200, 200])
    expect(result.tests[0]!.histograms['step_time{step=talk}']).toBeTruthy()
    expect(result.tests[0]!.plan.groups[0]!.flow).toMatch(/^flow-\d+\.mjs$/)
  })

  it('shows flow and steps in a table', async () => {
    const { stdout } = await runStress([writeFlow(TALK), server.url, '-c', '2', '-m', '3', '--no-color'])
    expect(stdout).toMatch(/^flow +P50 +P90 +P99 +max +done +failed$/m)
    expect(stdout).toMatch(/^whole flow .* 6 +0$/m)
    expect(stdout).toMatch(/^ {2}talk .* 6 +0$/m)
  })

  it('in TypeScript, with the line of the source in errors', async () => {
    const path = writeModule(
      `interface Row { readonly user: string }
      type Client = { send(text: string): Promise<void>; expect(text: string): Promise<unknown> }

      export default async (client: Client, context: { row: Row; client: number }): Promise<void> => {
        await client.send('ts' as string)
        await client.expect('ts')
        if (context.client === 1) throw new Error('line 7' satisfies string)
      }\n`,
      'ts',
    )
    const { result, stderr } = await runForResult([path, server.url, '-c', '2'])
    expect([countOf(result, 'flows_completed'), countOf(result, 'flows_failed')]).toEqual([1, 1])
    expect(errorsOf(result)).toEqual([[expect.stringMatching(/^flow-error line 7 \(flow-\d+\.ts:7\)$/), 1]])
    expect(stderr).not.toMatch(/Warning/)
  })

  it('in TypeScript that imports TypeScript', async () => {
    const helper = writeModule(`export const word: string = 'shared'\n`, 'ts')
    const path = writeModule(
      `import { word } from '${helper}'
      export default async (client: { send(text: string): Promise<void> }): Promise<void> => client.send(word)\n`,
      'ts',
    )
    const { result } = await runForResult([path, server.url, '-c', '1'])
    expect([countOf(result, 'flows_completed'), errorsOf(result)]).toEqual([1, []])
  })

  it('keeps what a flow prints out of the report', async () => {
    const flow = writeFlow(`console.log('printed by the flow'); await client.ping()`)
    const { result, stderr } = await runForResult([flow, server.url, '-c', '1'])
    expect(countOf(result, 'flows_completed')).toBe(1)
    expect(stderr).toContain('printed by the flow')
  })
})

describe('is refused before anything starts, with exit code 2', () => {
  const refused: [name: string, path: () => string, problem: RegExp][] = [
    ['a file that is not there', () => '/nowhere/flow.mjs', /cannot be loaded: Cannot find module/],
    ['a syntax error', () => writeModule('export default async ( =>'), /cannot be loaded: Unexpected token/],
    [
      'a syntax error in TypeScript',
      () => writeModule('\nconst a: = 3', 'ts'),
      /cannot be loaded: flow-\d+\.ts:2: Unexpected token/,
    ],
    ['no default export', () => writeModule('export const flow = 1'), /has no default export/],
    ['an object', () => writeModule('export default {}'), /exports no function by default/],
    ['a module that throws', () => writeModule(`\nthrow new Error('top')`), /cannot be loaded: top \(.*:2\)/],
    ['a module that ends its process', () => writeModule('process.exit(0)'), /ends its thread/],
  ]
  it.each(refused)('%s', async (_, path, problem) => {
    const opened = server.log.opened
    const { code, stderr, stdout } = await runStress([path(), server.url, '-c', '1'])
    expect([code, stdout, server.log.opened]).toEqual([2, '', opened])
    expect(stderr).toMatch(problem)
  })

  it('a module that loops for ever while it is loaded', async () => {
    const { code, stderr } = await runStress([writeModule('for (;;) {}'), server.url])
    expect([code, stderr]).toEqual([2, expect.stringContaining('has not been loaded after 10 s')])
  })
})

describe('a flow that misbehaves', () => {
  it('has its stray errors counted, each once, and the run goes on', async () => {
    const flow = writeFlow(`
      Promise.reject(new Error('nobody waits'))
      setTimeout(() => { throw new Error('in a timer') })
      client.expect('never', { within: 10 })
      await client.think(100)`)
    const { code, result } = await runForResult([flow, server.url, '-c', '2', '-m', '2'])
    expect([code, countOf(result, 'flows_completed')]).toEqual([0, 4])
    expect(errorsOf(result).sort()).toEqual([
      [expect.stringMatching(/^expect-timeout not awaited: flow-\d+\.mjs:5$/), 4],
      [expect.stringMatching(/^flow-error not awaited: in a timer \(flow-\d+\.mjs:4\)$/), 4],
      [expect.stringMatching(/^flow-error not awaited: nobody waits \(flow-\d+\.mjs:3\)$/), 4],
    ])
  })

  it('never awaits anything: the run ends with the reason', async () => {
    const flow = writeFlow(`await client.step('spin', () => { for (;;) {} })`)
    const { code, stderr, stdout } = await runStress([flow, server.url, '-c', '2', '--flow-timeout', '1s'])
    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toMatch(/a flow kept generator thread 0 busy .* last that of client \d in the step spin/)
  })

  it('awaits only what is there already: the same', async () => {
    const flow = writeFlow(`for (;;) await null`)
    const { code, stderr } = await runStress([flow, server.url, '-c', '1', '--flow-timeout', '1s'])
    expect([code, stderr]).toEqual([3, expect.stringContaining('a flow kept generator thread 0 busy')])
  })

  it('ends its thread: the run ends with the reason', async () => {
    const { code, stderr } = await runStress([writeFlow(`process.exit(0)`), server.url, '-c', '1'])
    expect([code, stderr]).toEqual([3, expect.stringContaining('a flow must not end it')])
  })
})
