/** The command lines that the documents give, word for word, against the demo server. */
import { describe, expect, it } from 'vitest'
import { linesOf, runForResult, runStress, widthOf } from './stress.ts'

function words(line: string): string[] {
  return line.split(' ')
}

describe('the documents’ command lines', () => {
  it('--connections 50 --messages 10 --test-type throughput: 500 sent and 500 received', async () => {
    const args = words('--connections 50 --messages 10 --test-type throughput')
    const { code, result } = await runForResult(args)
    expect([code, result.summary.messagesSent, result.summary.messagesReceived]).toEqual([0, 500, 500])
    expect(result.summary).toMatchObject({ connectionsOpened: 50, errors: 0 })
  })

  it('--connections 100 --test-type storm: every connection is opened and proven by a message', async () => {
    const { code, result } = await runForResult(words('--connections 100 --test-type storm'))
    expect(code).toBe(0)
    expect(result.summary).toMatchObject({ connectionsOpened: 100, messagesReceived: 100, errors: 0 })
    expect(result.tests[0]!.metrics.open_100).toMatchObject({ type: 'gauge', value: expect.any(Number) })
  })

  it('--connections 30 --duration 60 --test-type sustained: a message a second of each, all answered', async () => {
    const plan = await runStress([
      ...words('--connections 30 --duration 60 --test-type sustained --dry-run --json'),
    ])
    expect(JSON.parse(plan.stdout).tests[0].cost).toMatchObject({ messagesDue: 1800, durationUs: 60e6 })
    const { code, result } = await runForResult(words('--connections 30 --duration 2 --test-type sustained'))
    expect([code, result.summary.messagesSent, result.summary.messagesReceived]).toEqual([0, 60, 60])
  })

  it('--test-type all: three tests in one table of at most 25 lines, each row when its test ends', async () => {
    const args = words('--test-type all --connections 20 --messages 5 --message-rate 10 -o json=-')
    const { code, result } = await runForResult(args.slice(0, -2))
    expect(code).toBe(0)
    expect(result.tests.map((test) => test.testType)).toEqual(['throughput', 'storm', 'sustained'])

    const { stdout } = await runStress(args.slice(0, -2))
    expect(linesOf(stdout).length).toBeLessThanOrEqual(25)
    expect(widthOf(stdout)).toBeLessThanOrEqual(80)
    expect(stdout.match(/^(?:throughput|storm|sustained) /gm)).toEqual([
      'throughput ',
      'storm ',
      'sustained ',
    ])
  })
})

describe('the report of one test', () => {
  it.each([
    '-c 50 -m 10',
    '-c 20 --test-type storm',
    '-c 20 -d 1 -r 20 --threshold p99<10s --threshold error_ratio<1% --threshold response_time:max<1us',
    'ws://127.0.0.1:1 -c 20',
  ])('%s has at most 14 lines of 80 columns', async (line) => {
    const { stdout } = await runStress(words(line))
    expect(linesOf(stdout).length).toBeLessThanOrEqual(14)
    expect(widthOf(stdout)).toBeLessThanOrEqual(80)
  })
})
