import { describe, expect, it, test } from 'vitest'
import { type CommandLine, parseCommandLine, type RunCommand } from '../../src/cli/parse-arguments.ts'
import { formatMistake } from '../../src/errors.ts'
import { OPTION_NAMES, OPTIONS } from '../../src/plan/option-table.ts'

function run(...argv: string[]): RunCommand {
  const line = parseCommandLine(argv, {})
  if (line.command !== 'run') throw new Error(`not a run: ${line.command}`)
  return line
}

function flagsOf(...argv: string[]): string[] {
  const { flags, mistakes } = run(...argv)
  expect(mistakes.map(formatMistake)).toEqual([])
  return flags.map(({ name, text }) => `${name}=${text}`).sort()
}

function mistakesOf(...argv: string[]): string {
  return run(...argv)
    .mistakes.map(formatMistake)
    .join('\n')
}

describe('the command', () => {
  test.each([
    [['help'], { command: 'help', topic: null }],
    [['help', 'thresholds'], { command: 'help', topic: 'thresholds' }],
    [['--help'], { command: 'help', topic: null }],
    [['run', 'ws://h:1', '-h'], { command: 'help', topic: null }],
    [['serve', '--help'], { command: 'help', topic: 'serve' }],
    [['--version'], { command: 'version' }],
    [['-V'], { command: 'version' }],
    [['serve'], { command: 'serve', name: 'echo', port: null, host: '127.0.0.1' }],
    [
      ['serve', 'echo', '--port', '0', '--host=::1'],
      { command: 'serve', name: 'echo', port: 0, host: '::1' },
    ],
  ])('of %j', (argv, line) => {
    expect(parseCommandLine(argv, {})).toMatchObject(line)
  })

  it('is run without a word for it, and what stands behind -- is not read', () => {
    expect(run('run', '-q')).toEqual(run('-q'))
    expect(run('ws://h:1', '--', 'node', '--help', '-c')).toMatchObject({
      serverCommand: ['node', '--help', '-c'],
      mistakes: [],
    })
    expect(mistakesOf('--')).toContain('has nothing after it')
  })

  it('does not take a value for --help', () => {
    expect(flagsOf('--payload=--help')).toEqual(['payload=--help'])
    expect(run('--payload', '-h').command).toBe('run')
  })
})

describe('options', () => {
  test.each([
    [['-c', '10k'], ['connections=10k']],
    [['-c10k'], ['connections=10k']],
    [['-c=10k'], ['connections=10k']],
    [['--connections=10k'], ['connections=10k']],
    [['--connections', '10k'], ['connections=10k']],
    [['--connections='], ['connections=']],
    [['-d', '-5s'], ['duration=-5s']],
    [['-kq'], ['insecure=true', 'quiet=true']],
    [['-q', '-q'], ['quiet=true']],
    [
      ['--no-progress', '--no-color'],
      ['noColor=true', 'noProgress=true'],
    ],
    [
      ['-H', 'a: b', '-H', 'c: d=e'],
      ['header=a: b', 'header=c: d=e'],
    ],
    [
      ['-c', '1', '-c', '2'],
      ['connections=1', 'connections=2'],
    ],
    [['--payload', '{"a":-1}'], ['payload={"a":-1}']],
    [['--payload', 'two\nlines'], ['payload=two\nlines']],
    [['--payload', '"x"'], ['payload="x"']],
    [['--payload="x"'], ['payload="x"']],
    [['-H"K: v"'], ['header="K: v"']],
    [['--payload', "'"], ["payload='"]],
    [
      ['-H', 'a: b', 'ws://h:1', '--json', 'h2:2'],
      ['header=a: b', 'json=true', 'url=h2:2', 'url=ws://h:1'],
    ],
    [
      ['--seed', '0x10', '-s', '1e3'],
      ['seed=0x10', 'size=1e3'],
    ],
  ])('%j', (argv, flags) => {
    expect(flagsOf(...argv)).toEqual(flags)
  })

  it('all of the table are taken by their long and their short name', () => {
    for (const name of OPTION_NAMES) {
      const option = OPTIONS[name]
      const long = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
      const value = option.kind === 'switch' ? [] : ['x']
      const text = option.kind === 'switch' ? 'true' : 'x'
      expect(flagsOf(long, ...value)).toEqual([`${name}=${text}`])
      if ('alias' in option) expect(flagsOf(`-${option.alias}`, ...value)).toEqual([`${name}=${text}`])
    }
  })

  it('no two have the same short name', () => {
    const aliases = OPTION_NAMES.flatMap((name) => ('alias' in OPTIONS[name] ? [OPTIONS[name].alias] : []))
    expect(new Set(aliases).size).toBe(aliases.length)
  })
})

describe('a wrong option', () => {
  test.each([
    [['--conections', '5'], '--conections: is not an option; did you mean --connections'],
    [['--connectTimeout', '5'], '--connectTimeout: is not an option; did you mean --connect-timeout'],
    [['--nonsense'], '--nonsense: is not an option; accepted: the options of stress --help'],
    [
      ['-q', '1000'],
      "argument '1000': is a number that belongs to no option; --quiet (-q) takes no value, did you mean -R 1000",
    ],
    [['-z', '30s'], '-z: is not an option; did you mean --duration 30s'],
    [['-z30s'], '-z: is not an option; did you mean --duration 30s'],
    [['-n', '1000'], '-n: is not an option; did you mean --messages 10 (of each connection)'],
    [['--vus', '10'], '--vus: is not an option; did you mean --connections 100'],
    [['-T', '30'], '-T: is not an option; did you mean --duration 30s'],
    [['--qps=5'], '--qps: is not an option; did you mean --rate 1000'],
    [['-c'], '--connections: has no value'],
    [['-c', '--json'], '--connections: has no value'],
    [['-H', '-k'], '--header: has no value'],
    [['--json=yes'], "--json 'yes': takes no value"],
    [['serv'], "argument 'serv': is no address, scenario file or command; did you mean serve"],
    [['a.yaml', 'b.yml'], "argument 'b.yml': is a second scenario"],
    [['--__proto__', 'x'], 'proto'],
    [['--header.x', 'y'], '--header.x: is not an option'],
  ])('%j', (argv, message) => {
    expect(mistakesOf(...argv)).toContain(message)
  })

  it('has its value kept out of the message, as it may be a secret', () => {
    expect(mistakesOf('--pasword', 'topsecret', '--auth=topsecret')).not.toContain('topsecret')
  })
})

it('tells a scenario from a URL by its ending', () => {
  expect(run('s.yaml')).toMatchObject({ scenarioPath: 's.yaml', flags: [] })
  expect(run('ws://h/s.yaml').flags).toMatchObject([{ name: 'url', text: 'ws://h/s.yaml' }])
})

describe('serve', () => {
  const serve = (argv: string[], env: Record<string, string> = {}): CommandLine =>
    parseCommandLine(['serve', ...argv], env)

  it('takes STRESS_PORT only when it is a number, as Kubernetes sets it for a service called stress', () => {
    expect(serve([], { STRESS_PORT: '9100' })).toMatchObject({ port: 9100 })
    expect(serve([], { STRESS_PORT: 'tcp://10.0.0.1:9001' })).toMatchObject({ port: null })
    expect(serve(['--port', '1'], { STRESS_PORT: '9100' })).toMatchObject({ port: 1 })
  })

  test.each([
    [['--port', 'x'], "--port 'x': is not a port"],
    [['--port', '65536'], "--port '65536': is not a port"],
    [['--port'], '--port: has no value'],
    [['--port', '1', '--port', '2'], '--port: is given twice'],
    [['--prot', '1'], '--prot: is not an option of serve; did you mean --port'],
    [['echo', 'more'], "argument 'more': is one too many"],
  ])('refuses %j', (argv, message) => {
    expect(() => serve(argv)).toThrow(message)
  })
})
