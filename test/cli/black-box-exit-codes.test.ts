import { afterEach, describe, expect, it } from 'vitest'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { findFreePort, runForResult, runStress } from './stress.ts'

let server: BadServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

it('0: a run that passes, with its thresholds', async () => {
  server = await startBadServer('echo')
  const { code, result } = await runForResult([
    ...[server.url, '-c', '4', '-m', '20'],
    ...['--threshold', 'messages_received:count==80', '--threshold', 'error_ratio==0'],
  ])
  expect([code, result.exitCode, result.status]).toEqual([0, 0, 'completed'])
  expect(result.thresholds.map((row) => row.result)).toEqual(['pass', 'pass'])
})

describe('3: nothing listens there', () => {
  it('without a threshold', async () => {
    const { code, stdout } = await runStress([
      `ws://127.0.0.1:${await findFreePort()}`,
      '-c',
      '5',
      '-d',
      '1s',
    ])
    expect(code).toBe(3)
    expect(stdout).toContain('NOT COMPLETED (exit 3)')
    expect(stdout).toContain('nothing listens there')
    expect(stdout).not.toMatch(/pass|VALID {2}/i)
  })

  it.each(['p99<200ms', 'error_ratio<=100%', 'messages_lost:count==0', 'connections_failed:count>=0'])(
    'and %s does not make it pass',
    async (threshold) => {
      const url = `ws://127.0.0.1:${await findFreePort()}`
      const { code, stdout } = await runStress([url, '-c', '5', '-d', '1s', '--threshold', threshold])
      expect(code).toBe(3)
      expect(stdout).not.toContain('PASS')
    },
  )

  it('as a server command that ends before it listens, with its last words', async () => {
    const url = `ws://127.0.0.1:${await findFreePort()}`
    const program = [process.execPath, '-e', "console.error('no licence'); process.exit(7)"]
    const { code, stdout, stderr } = await runStress([url, '-m', '1', '--', ...program])
    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toContain('no licence')
  })
})

describe('4: the run cannot be believed', () => {
  // Some of the files that it may open are open already, which no preflight sees. The program's own are read all at once.
  const SPOILED = ['-c', '330', '-m', '5', '-w', '1']
  const FEW_FILES = { openFiles: 420, heldFiles: 120 }

  it('and a threshold asks for validity by itself', async () => {
    server = await startBadServer('echo')
    const args = [server.url, ...SPOILED, '--threshold', 'messages_received:count>0']
    const { code, result } = await runForResult(args, FEW_FILES)
    expect(result.tests[0]!.validity).toMatchObject({ state: 'invalid', limitedBy: 'generator' })
    expect(result.tests[0]!.errors.map((error) => error.class)).toContain('fd-limit')
    expect(result.thresholds.map((row) => row.result)).toEqual(['pass'])
    expect(code).toBe(4)
  })

  it('and --require-valid asks for it', async () => {
    server = await startBadServer('echo')
    const { code, stdout } = await runStress([server.url, ...SPOILED, '--require-valid'], FEW_FILES)
    expect(code).toBe(4)
    expect(stdout).toContain('INVALID (exit 4)')
  })

  it('and nobody asked: 0, and the report says so', async () => {
    server = await startBadServer('echo')
    const { code, stdout } = await runStress([server.url, ...SPOILED], FEW_FILES)
    expect(code).toBe(0)
    expect(stdout).toContain('INVALID')
  })
})

describe('99: a threshold', () => {
  it('failed', async () => {
    server = await startBadServer('delay', { ms: 30 })
    const args = [server.url, '-c', '4', '-m', '5', '--threshold', 'response_time:min<1ms']
    const { code, stdout } = await runStress([...args, '--threshold', 'messages_lost:count==0'])
    expect(code).toBe(99)
    expect(stdout).toContain('FAIL  1 of 2 thresholds (exit 99)')
    expect(stdout).toMatch(/✗ {2}response_time:min<1ms/)
  })

  it('falls among lost messages: 2 % without a reply are no P99 under the limit', async () => {
    server = await startBadServer('lose-every', { n: 50 })
    const args = [server.url, '-c', '10', '-m', '50', '-t', '200ms', '--threshold', 'p99<10s']
    const { code, result } = await runForResult(args)
    expect(result.summary).toMatchObject({ messagesSent: 500, messagesReceived: 490 })
    expect(result.thresholds[0]).toMatchObject({ result: 'fail', value: null })
    expect(result.tests[0]!.metrics.response_time).toMatchObject({ p99: null, marks: { p99: 'timeout' } })
    expect(code).toBe(99)
  })

  it('and the report shows the timeout in place of the value', async () => {
    server = await startBadServer('lose-every', { n: 50 })
    const args = [server.url, '-c', '10', '-m', '50', '-t', '200ms', '--threshold', 'p99<10s']
    const { stdout } = await runStress(args)
    expect(stdout).toMatch(/✗ {2}p99<10s +> 200 ms +among lost messages/)
  })

  it('had no data: never a pass', async () => {
    server = await startBadServer('never-reply')
    const args = [server.url, '-c', '4', '-m', '1', '-t', '200ms', '--threshold', 'response_time:max<10s']
    const { code, result } = await runForResult(args)
    expect(result.thresholds[0]!.result).not.toBe('pass')
    expect(code).toBe(99)
  })
})
