/** More connections than one process may open: the workers are processes, and the figures are as of one. */
import { afterEach, expect, it } from 'vitest'
import { until } from '../observe/child.ts'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { expectBalance } from '../support/weather.ts'
import { childrenOf, listRunning, parseResult, runForResult, runStress, startStress } from './stress.ts'

/** 150 open files leave room for 70 connections a process. */
const FEW_FILES = { openFiles: 150 }

let server: BadServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

it('every message of every client is sent and answered once, none is lost', async () => {
  server = await startBadServer('keep')
  const { code, result } = await runForResult([server.url, '-c', '200', '-m', '5', '-w', '1'], FEW_FILES)
  expect(code).toBe(0)
  const [test] = result.tests
  expectBalance(test!)
  expect(test).toMatchObject({
    plan: { connections: 200, workers: 3, processes: 3 },
    errors: [],
    metrics: {
      connections_opened: { count: 200 },
      messages_received: { count: 1000 },
      service_time: { count: 1000 },
    },
  })
  const expected = Array.from({ length: 1000 }, (_, n) => `${n % 200}/${Math.floor(n / 200)}`)
  const said = server.log.connections.flatMap(({ kept }) => kept.map(readMark))
  expect(said.sort()).toEqual(expected.sort())
})

function readMark(payload: string): string {
  const [, client, seq] = /c(\d+)s(\d+)/.exec(payload)!
  return `${Number(client)}/${Number(seq)}`
}

it('memory and CPU are those of all the processes', async () => {
  server = await startBadServer('echo')
  const one = await runForResult([server.url, '-c', '60', '-m', '1', '-w', '1'])
  const several = await runForResult([server.url, '-c', '200', '-m', '1', '-w', '1'], FEW_FILES)
  const peak = ({ result }: typeof one) => result.summary.generatorRssPeakBytes!
  // Each process takes at least 30 MB.
  expect(peak(several)).toBeGreaterThan(peak(one) + 3 * 30e6)
})

it('as many as fit stay in one process', async () => {
  server = await startBadServer('echo')
  const { result } = await runForResult([server.url, '-c', '70', '-m', '1', '-w', '1'], FEW_FILES)
  expect(result.tests[0]).toMatchObject({ plan: { processes: 1 }, errors: [] })
})

it('SIGINT drains them all, and the report is written', async () => {
  server = await startBadServer('echo')
  const { log, url } = server
  const run = startStress([url, '-c', '150', '-r', '5', '-W', '0', '-d', '10m', '--json'], FEW_FILES)
  await until(() => log.messages > 300)
  const children = childrenOf(run.pid)
  expect(listRunning(children)).toHaveLength(3)
  run.kill('SIGINT')
  const { code, stdout } = await run.ended
  expect(code).toBe(130)
  const result = parseResult(stdout)
  expectBalance(result.tests[0]!)
  expect(result.tests[0]!.metrics.messages_sent).toMatchObject({ count: log.messages })
  expect(listRunning(children)).toEqual([])
})

it('none of them outlives a run that is killed', async () => {
  server = await startBadServer('echo')
  const { log, url } = server
  const run = startStress([url, '-c', '150', '-r', '5', '-d', '10m'], FEW_FILES)
  await until(() => log.messages > 300)
  const children = childrenOf(run.pid)
  run.kill('SIGKILL')
  await run.ended
  await until(() => listRunning(children).length === 0)
})

it('one that is killed ends the run with an error, not with a wrong figure', async () => {
  server = await startBadServer('echo')
  const { log, url } = server
  const run = startStress([url, '-c', '150', '-r', '5', '-d', '10m'], FEW_FILES)
  await until(() => log.messages > 300)
  process.kill(childrenOf(run.pid)[0]!, 'SIGKILL')
  const { code, stderr } = await run.ended
  expect(code).toBe(3)
  expect(stderr).toContain('ended early (SIGKILL)')
})

it('more than all the processes may open are refused, with the command that raises the limit', async () => {
  server = await startBadServer('echo')
  const { code, stdout, stderr } = await runStress([server.url, '-c', '5000', '-m', '1'], FEW_FILES)
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/--connections '5000'.*ulimit/s)
  expect(server.log.accepted).toBe(0)
})

it('so is an audience that does not fit in one process', async () => {
  const args = ['--test-type', 'broadcast', '--subscribers', '200', '-d', '1s']
  const { code, stderr } = await runStress(args, FEW_FILES)
  expect(code).toBe(2)
  expect(stderr).toMatch(/in one process.*ulimit/s)
})
