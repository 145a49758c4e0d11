import { describe, expect, it, test } from 'vitest'
import { formatMistake, type Mistake } from '../../src/errors.ts'
import { parseScenario, type Scenario } from '../../src/plan/scenario.ts'

function parse(...lines: string[]): { scenario: Scenario; mistakes: string[] } {
  const mistakes: Mistake[] = []
  const scenario = parseScenario('dir/s.yaml', Buffer.from(lines.join('\n')), mistakes)
  return { scenario, mistakes: mistakes.map(formatMistake) }
}

describe('a scenario', () => {
  it('says the long options in camelCase or as the flags have them, as texts with their place', () => {
    const { scenario, mistakes } = parse('testType: storm', 'connect-rate: 200/s', 'insecure: true')
    expect(mistakes).toEqual([])
    expect(scenario.options).toEqual([
      { name: 'testType', text: 'storm', where: 'dir/s.yaml:1:1 testType', folder: 'dir' },
      { name: 'connectRate', text: '200/s', where: 'dir/s.yaml:2:1 connectRate', folder: 'dir' },
      { name: 'insecure', text: 'true', where: 'dir/s.yaml:3:1 insecure', folder: 'dir' },
    ])
  })

  it('keeps every scalar as it is written', () => {
    const { scenario } = parse('token: 007', 'payload: yes', 'size: 0x10', 'seed: 1.10')
    expect(scenario.options.map(({ text }) => text)).toEqual(['007', 'yes', '0x10', '1.10'])
  })

  it('takes lists by singular or plural name, headers also as a map', () => {
    const { scenario, mistakes } = parse(
      'urls: [ws://a:1, ws://b:1]',
      'threshold: p99<5ms',
      'headers:',
      '  X-Some-Name: a b',
      'token: [a, b]',
    )
    expect(mistakes).toEqual([])
    expect(scenario.options.map(({ name, text }) => `${name} ${text}`)).toEqual([
      'url ws://a:1',
      'url ws://b:1',
      'threshold p99<5ms',
      'header X-Some-Name: a b',
      'token a',
      'token b',
    ])
  })

  it('writes stages as the schedule that --rate takes', () => {
    const { scenario } = parse(
      'rate:',
      '  stages:',
      '    - { to: 1k/s, over: 10s }',
      '    - { to: 1k/s, over: 30s }',
    )
    expect(scenario.options[0]?.text).toBe('0..1k/s over 10s, 1k/s..1k/s over 30s')
  })

  it('has groups with options of their own, and a command', () => {
    const { scenario, mistakes } = parse(
      'groups:',
      '  - { name: fast, connections: 10, message-rate: 5 }',
      '  - { name: slow, connections: 20 }',
      'command: [node, my server.js]',
    )
    expect(mistakes).toEqual([])
    expect(scenario.groups.map(({ name, where }) => [name, where])).toEqual([
      ['fast', 'dir/s.yaml:2:5 groups.0'],
      ['slow', 'dir/s.yaml:3:5 groups.1'],
    ])
    expect(scenario.groups[0]?.options[1]).toMatchObject({ name: 'messageRate', text: '5' })
    expect(scenario.command).toEqual(['node', 'my server.js'])
  })

  it('splits a command that is one text', () => {
    expect(parse('command: npm run  serve').scenario.command).toEqual(['npm', 'run', 'serve'])
  })

  it('may be empty or only comments, and may share blocks by alias', () => {
    expect(parse('# nothing')).toEqual({ scenario: { options: [], groups: [], command: null }, mistakes: [] })
    const { scenario, mistakes } = parse('size: &size 32', 'maxMessage: *size')
    expect(mistakes).toEqual([])
    expect(scenario.options[1]?.text).toBe('32')
  })
})

describe('a mistake in a scenario has line and column', () => {
  test.each([
    [
      'an unknown key',
      ['size: 1', 'conections: 5'],
      's.yaml:2:1 conections: is not known here; did you mean connections',
    ],
    [
      'a key of a group',
      ['groups:', '  - name: a', '    url: ws://h'],
      's.yaml:3:5 groups.0.url: is not known here',
    ],
    ['a missing name', ['groups:', '  - connections: 1'], 's.yaml:2:5 groups.0.name: is missing'],
    ['a bad group name', ['groups:', '  - name: a b'], 's.yaml:2:5 groups.0.name: is not a name'],
    ['a map for a text', ['size: { a: 1 }'], 's.yaml:1:1 size: has the wrong form'],
    ['a list for a text', ['size: [1, 2]'], 's.yaml:1:1 size: has the wrong form'],
    [
      'a key of a stage',
      ['rate:', '  stages:', '    - { to: 5, ovr: 3 }'],
      's.yaml:3:16 rate.stages.0.ovr: is not known',
    ],
    [
      'a missing stage length',
      ['rate:', '  stages:', '    - to: 5'],
      's.yaml:3:7 rate.stages.0.over: is missing',
    ],
    ['no groups', ['groups: []'], 's.yaml:1:1 groups: is an empty list'],
    ['a key twice', ['size: 1', 'size: 2'], 's.yaml:2:1: has the same key twice'],
    [
      'a key in both spellings',
      ['connectRate: 1', 'connect-rate: 2'],
      'connectRate: is there as connectRate and connect-rate',
    ],
    ['a broken file', ['size: [1'], 's.yaml:1:9: is not valid YAML'],
    ['a list on top', ['- a'], 's.yaml:1:1: is not a map of options'],
    ['a tag', ['size: !!js/function x'], 's.yaml:1:7: is not valid YAML'],
    ['two documents', ['size: 1', '---', 'size: 2'], 's.yaml:2:1: is not valid YAML'],
  ])('%s', (_, lines, message) => {
    expect(parse(...lines).mistakes.join('\n')).toContain(message)
  })

  it('and all are named at once', () => {
    expect(parse('a: 1', 'b: 2', 'groups: 5').mistakes).toHaveLength(3)
  })
})

describe('a hostile file is refused', () => {
  it('when its aliases unfold without end', () => {
    const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]']
    for (let i = 1; i < 10; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(',')}]`,
      )
    expect(parse(...lines).mistakes).toEqual([
      'dir/s.yaml: uses too many aliases; accepted: at most 100 uses of anchors; for example: connections: 100',
    ])
  })

  it('when it is over 1 MiB', () => {
    expect(parse(`# ${'x'.repeat(2 ** 20)}`).mistakes[0]).toContain(
      'has 1048578 bytes; accepted: a file of up to 1 MiB',
    )
  })

  it('when it names __proto__', () => {
    expect(parse('__proto__: { size: 5 }').mistakes[0]).toContain('__proto__: is not known here')
  })
})
