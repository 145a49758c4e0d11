import { describe, expect, it } from 'vitest'
import { mistakesOf, mistakesWith, resolve, resolveWith } from './resolve.ts'

describe('--server-metrics', () => {
  it.each([
    ['http://h:9001/metrics', 'http://h:9001/metrics'],
    ['https://me:secret@h/metrics?token=t', 'https://me:secret@h/metrics?token=t'],
    ['h:9001/actuator/prometheus', 'http://h:9001/actuator/prometheus'],
    ['HTTP://h', 'HTTP://h'],
  ])('%s is the address %s', (text, url) => {
    const { plan } = resolve('ws://h:1', '--server-metrics', text)
    expect(plan.tests[0]?.target.serverMetrics).toBe(url)
  })

  it('is absent unless asked for, and may stand in a variable or a scenario', () => {
    const of = (surroundings: Parameters<typeof resolveWith>[0], ...argv: string[]) =>
      resolveWith(surroundings, ...argv).plan.tests[0]?.target.serverMetrics
    expect(of({}, 'ws://h:1')).toBeNull()
    expect(of({ env: { STRESS_SERVER_METRICS: 'h:2/m' } }, 'ws://h:1')).toBe('http://h:2/m')
    const files = { 's.yaml': 'url: ws://h:1\nserverMetrics: http://h:3/m\n' }
    expect(of({ files }, 's.yaml')).toBe('http://h:3/m')
  })

  it.each([
    ['ws://h:1 --server-metrics ws://h:1', "--server-metrics 'ws://h:1': has the scheme ws://"],
    ['ws://h:1 --server-metrics http://', 'is not an address'],
    ['ws://h:1 --server-metrics http://h/{client}', 'has a placeholder'],
    ['ws://h:1 --server-metrics=', 'is not an address'],
    ['--server-metrics http://h', 'watches a server of yours, but there is no URL to it'],
    ['ws://h:1 --server-metrics http://h -- node s.js', 'cannot go with a command'],
    ['ws://h:1 --server-metrics http://h --server-pid 5', 'cannot go with --server-pid'],
  ])('%s: %s', (line, problem) => {
    const mistakes = mistakesOf(...line.split(' '))
    expect(mistakes).toHaveLength(1)
    expect(mistakes[0]).toContain(problem)
  })

  it.each([
    'ftp://me:hush@h/m?key=hush',
    'http://me:hush@h:x/m?key=hush',
    'http://me:hush@h/{client}?key=hush',
  ])('a mistake in %s shows no secret of it', (url) => {
    const [mistake] = mistakesWith({}, 'ws://h:1', '--server-metrics', url)
    expect(mistake).toBeDefined()
    expect(mistake).not.toContain('hush')
  })
})
