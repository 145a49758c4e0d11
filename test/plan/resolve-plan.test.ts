import { describe, expect, it, test } from 'vitest'
import type { Plan } from '../../src/plan/plan.ts'
import { checkThreshold } from '../../src/thresholds/check-threshold.ts'
import { mistakesOf, mistakesWith, resolve, resolveWith } from './resolve.ts'

const SECOND = 1_000_000

function testsOf(...argv: string[]): readonly Plan[] {
  return resolve(...argv).plan.tests
}

/** What matters of each test's first group. */
function loadOf(plan: Plan): unknown {
  const group = plan.groups[0]!
  const { pacing } = group
  const pace =
    pacing.kind === 'open'
      ? pacing.stages.map(({ fromPerSec, toPerSec }) => `${fromPerSec}..${toPerSec}`).join(' ')
      : pacing.kind === 'closed'
        ? `${pacing.inFlight} in flight`
        : 'silent'
  return [plan.testType, group.count, pace, group.stop.messages, group.stop.durationUs, plan.warmupUs]
}

describe('the command lines of the documents', () => {
  test.each([
    [
      '--connections 50 --messages 10 --test-type throughput',
      [['throughput', 50, '1 in flight', 10, null, 0]],
    ],
    ['--connections 100 --test-type storm', [['storm', 100, '1 in flight', 1, null, 0]]],
    [
      '--connections 30 --duration 60 --test-type sustained',
      [['sustained', 30, '30..30', null, 60 * SECOND, 0]],
    ],
    [
      '--test-type all',
      [
        ['throughput', 100, '1 in flight', null, 5 * SECOND, SECOND],
        ['storm', 100, '1 in flight', 1, null, 0],
        ['sustained', 100, '100..100', null, 20 * SECOND, 0],
      ],
    ],
  ])('%s', (line, loads) => {
    expect(testsOf(...line.split(' ')).map(loadOf)).toEqual(loads)
  })
})

describe('a test type', () => {
  test.each([
    ['', ['throughput', 100, '1 in flight', null, 5 * SECOND, SECOND]],
    ['-d 30', ['throughput', 100, '1 in flight', null, 30 * SECOND, SECOND]],
    ['-m 10 -W 2', ['throughput', 100, '1 in flight', 10, null, 2 * SECOND]],
    ['-m 10 -d 30', ['throughput', 100, '1 in flight', 10, 30 * SECOND, 0]],
    ['-R 1k/s', ['throughput', 100, '1000..1000', null, 5 * SECOND, SECOND]],
    ['-r 2 -c 10', ['throughput', 10, '20..20', null, 5 * SECOND, SECOND]],
    ['-R 100 -m 10', ['throughput', 100, '100..100', 10, null, 0]],
    ['-p 4', ['throughput', 100, '4 in flight', null, 5 * SECOND, SECOND]],
    ['--test-type sustained', ['sustained', 100, '100..100', null, 60 * SECOND, 0]],
    ['--test-type sustained -m 5', ['sustained', 100, '100..100', 5, null, 0]],
    ['--test-type sustained -R 500', ['sustained', 100, '500..500', null, 60 * SECOND, 0]],
    ['--test-type storm -m 3', ['storm', 100, '1 in flight', 3, null, 0]],
  ])('with "%s"', (line, load) => {
    expect(loadOf(testsOf(...line.split(' ').filter(Boolean)).at(0)!)).toEqual(load)
  })

  it('of all leaves each option to the test it belongs to', () => {
    const line = '--test-type all -d 7 -R 50 -p 4 -W 2 --arrival poisson -m 10'
    expect(testsOf(...line.split(' ')).map(loadOf)).toEqual([
      ['throughput', 100, '4 in flight', 10, null, 2 * SECOND],
      ['storm', 100, '1 in flight', 10, null, 0],
      ['sustained', 100, '50..50', 10, 7 * SECOND, 2 * SECOND],
    ])
  })

  it('takes stages, whose length is that of the load', () => {
    const [plan] = testsOf('-R', '0..1k/s over 10s, 1k/s over 30s')
    expect(plan?.groups[0]?.stop).toEqual({ messages: null, durationUs: 40 * SECOND })
    const [ramp] = testsOf('-R', '100..1000/s', '-d', '20')
    expect(ramp?.groups[0]?.pacing).toMatchObject({
      stages: [{ fromPerSec: 100, toPerSec: 1000, durationUs: 20 * SECOND }],
    })
  })
})

describe('defaults', () => {
  it('leave a core to the server, and have no worker without work', () => {
    const workers = (cores: number, ...argv: string[]): number =>
      resolveWith({ cores }, ...argv).plan.tests[0]!.workers
    expect(workers(1)).toBe(1)
    expect(workers(8)).toBe(7)
    expect(workers(8, '-c', '3')).toBe(3)
    expect(workers(8, '-w', '2')).toBe(2)
    expect(workers(8, '--connect-concurrency', '2')).toBe(2)
  })

  it('are the demo server, 32 bytes, 250 handshakes at once, 10 s to connect, 5 s to reply', () => {
    const [plan] = testsOf()
    expect(plan?.target.urls).toEqual([])
    expect(plan?.groups[0]?.payload).toEqual({ kind: 'generated', sizeBytes: 32 })
    expect(plan?.connect).toEqual({ ratePerSec: null, concurrency: 250 })
    expect(plan?.limits).toMatchObject({ connectTimeoutUs: 10 * SECOND, replyTimeoutUs: 5 * SECOND })
  })

  it('ask for validity only with a threshold', () => {
    expect(resolve().plan.requireValid).toBe(false)
    expect(resolve('--require-valid').plan.requireValid).toBe(true)
    expect(resolve('--threshold', 'p99<50ms').plan.requireValid).toBe(true)
  })

  it('write the text report unless something else goes to standard output', () => {
    const outputs = (...argv: string[]): unknown => resolve(...argv).plan.outputs
    expect(outputs()).toEqual([{ format: 'txt', path: null }])
    expect(outputs('--json')).toEqual([{ format: 'json', path: null }])
    expect(outputs('--json', '-o', 'json=-')).toEqual([{ format: 'json', path: null }])
    expect(outputs('-o', 'a.json', '-o', 'txt=b')).toEqual([
      { format: 'json', path: 'a.json' },
      { format: 'txt', path: 'b' },
      { format: 'txt', path: null },
    ])
  })
})

describe('outputs and the page of metrics', () => {
  it.each([
    ['a.md', 'md'],
    ['a.MD', 'md'],
    ['a.xml', 'xml'],
    ['a.csv', 'csv'],
    ['a.hlog', 'hlog'],
    ['a.prom', 'prom'],
    ['a.html', 'html'],
  ])('%s is written as %s', (path, format) => {
    expect(resolve('-o', path).plan.outputs[0]).toEqual({ format, path })
  })

  it.each([
    ['junit=a', 'xml'],
    ['markdown=a', 'md'],
    ['openmetrics=a', 'prom'],
    ['csv=a.json', 'csv'],
  ])('%s is written as %s', (text, format) => {
    expect(resolve('-o', text).plan.outputs[0]?.format).toBe(format)
  })

  it.each([
    ['9464', { host: '127.0.0.1', port: 9464 }],
    ['0', { host: '127.0.0.1', port: 0 }],
    ['0.0.0.0:80', { host: '0.0.0.0', port: 80 }],
    ['localhost:9464', { host: 'localhost', port: 9464 }],
    ['[::1]:9464', { host: '::1', port: 9464 }],
  ])('--metrics-port %s', (text, at) => {
    expect(resolve('--metrics-port', text).plan.metricsAt).toEqual(at)
  })

  it('are nowhere unless asked for', () => {
    expect(resolve().plan.metricsAt).toBeNull()
  })
})

it('is frozen all the way down', () => {
  const { plan } = resolve('--test-type', 'all', '-H', 'A: b')
  const check = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    expect(Object.isFrozen(value)).toBe(true)
    Object.values(value).forEach(check)
  }
  check(plan)
})

describe('flags win over variables, those over the scenario, and that over defaults', () => {
  const files = { 's.yaml': 'connections: 10\nduration: 10s\ntimeout: 10s\nmessageRate: 2\n' }
  const env = {
    STRESS_CONNECTIONS: '20',
    STRESS_DURATION: '20s',
    STRESS_UNKNOWN: 'x',
    STRESS_PORT: 'tcp://10.0.0.1:1',
  }

  it('option by option', () => {
    const [plan] = resolveWith({ files, env }, 's.yaml', '-c', '30').plan.tests
    expect(plan?.groups[0]?.count).toBe(30)
    expect(plan?.groups[0]?.stop.durationUs).toBe(20 * SECOND)
    expect(plan?.limits.replyTimeoutUs).toBe(10 * SECOND)
    expect(plan?.limits.connectTimeoutUs).toBe(10 * SECOND)
  })

  it('and an option replaces what excludes it in a weaker source', () => {
    const pacing = (...argv: string[]): unknown =>
      resolveWith({ files }, 's.yaml', ...argv).plan.tests[0]?.groups[0]?.pacing
    expect(pacing('-R', '5')).toMatchObject({ kind: 'open', stages: [{ fromPerSec: 5 }] })
    expect(pacing('-p', '3')).toEqual({ kind: 'closed', inFlight: 3 })
  })

  it('and a list replaces the whole list', () => {
    const { plan } = resolveWith({ files: { 's.yaml': 'url: [ws://a:1, ws://b:1]' } }, 's.yaml', 'ws://c:1')
    expect(plan.tests[0]?.target.urls).toEqual(['ws://c:1'])
  })

  it('and a switch can be turned off in a stronger source', () => {
    const { plan } = resolveWith(
      { files: { 's.yaml': 'binary: yes' }, env: { STRESS_BINARY: '0' } },
      's.yaml',
    )
    expect(plan.tests[0]?.groups[0]?.binary).toBe(false)
  })

  it('with NO_COLOR from the environment', () => {
    expect(resolveWith({ env: { NO_COLOR: '1' } }).plan.color).toBe(false)
    expect(resolveWith({ env: { NO_COLOR: '' } }).plan.color).toBe(true)
  })
})

describe('groups', () => {
  const yaml = [
    'testType: sustained',
    'messageRate: 3',
    'groups:',
    '  - { name: fast, connections: 10, messageRate: 5, size: 64 }',
    '  - { name: slow, connections: 20 }',
  ].join('\n')

  it('take the shared options where they have none of their own', () => {
    const [plan] = resolveWith({ files: { 's.yaml': yaml } }, 's.yaml').plan.tests
    expect(
      plan?.groups.map(({ name, count, pacing }) => [
        name,
        count,
        pacing.kind === 'open' && pacing.stages[0]?.toPerSec,
      ]),
    ).toEqual([
      ['fast', 10, 50],
      ['slow', 20, 60],
    ])
    expect(plan?.workers).toBe(3)
  })

  it('give way to flags', () => {
    const [plan] = resolveWith({ files: { 's.yaml': yaml } }, 's.yaml', '--size', '100').plan.tests
    expect(plan?.groups.map(({ payload }) => payload)).toEqual(
      Array(2).fill({ kind: 'generated', sizeBytes: 100 }),
    )
  })

  test.each([
    ['totals for all', 'connections: 5\ngroups: [{ name: a, connections: 1 }]', 'cannot be set for all'],
    ['no connections', 'groups: [{ name: a }]', 'does not say how many connections'],
    [
      'the same name',
      'groups: [{ name: a, connections: 1 }, { name: a, connections: 1 }]',
      'the name of another group',
    ],
  ])('refuse %s', (_, text, problem) => {
    expect(mistakesWith({ files: { 's.yaml': text } }, 's.yaml').join('\n')).toContain(problem)
  })
})

describe('--debug', () => {
  it('is one connection with one message', () => {
    const { plan, debug } = resolve('--debug', '-c', '500', '-w', '4')
    expect(debug).toBe(true)
    expect(loadOf(plan.tests[0]!)).toEqual(['throughput', 1, '1 in flight', 1, null, 0])
    expect(plan.tests[0]?.workers).toBe(1)
  })

  it('takes as many messages as asked for', () => {
    expect(testsOf('--debug', '-m', '5')[0]?.groups[0]?.stop.messages).toBe(5)
  })
})

it('reads payloads, tokens and certificates, in a scenario from its own folder', () => {
  const files = {
    'dir/s.yaml': 'payload: "@m.txt"\ntoken: "@t.txt"\nca: ca.pem\nheaders: { A: "{token}" }',
    'dir/m.txt': 'hé {seq}',
    'dir/t.txt': 'one\r\n\ntwo\n',
    'dir/ca.pem': '-----BEGIN CERTIFICATE-----\n',
  }
  const [plan] = resolveWith({ files }, 'dir/s.yaml').plan.tests
  expect(plan?.groups[0]?.payload).toEqual({ kind: 'template', template: 'hé {seq}' })
  expect(plan?.target.tokens).toEqual(['one', 'two'])
  expect(plan?.target.tls.ca).toContain('BEGIN')
})

it('keeps every byte of a binary payload', () => {
  const bytes = Buffer.from([0, 255, 128, 10])
  const [plan] = resolveWith({ files: { b: bytes } }, '--binary', '--payload', '@b').plan.tests
  const payload = plan?.groups[0]?.payload
  expect(payload?.kind === 'template' && Buffer.from(payload.template, 'latin1')).toEqual(bytes)
  const [text] = testsOf('--binary', '--payload', 'é')
  expect(text?.groups[0]?.payload).toEqual({ kind: 'template', template: 'Ã©' })
})

describe('what does not go together is a mistake', () => {
  test.each([
    ['-R 5 -r 5', "--message-rate '5': cannot go with --rate"],
    ['-R 5 -p 2', "--in-flight '2': cannot go with a rate"],
    ['-s 5 --payload x', "--size '5': cannot go with --payload"],
    ['--arrival poisson', "--arrival 'poisson': says when messages are due, but nothing sets a rate"],
    ['-R 1..5 -m 3', "--rate '1..5': is a ramp, and nothing says how long"],
    ['--test-type storm -d 5', "--duration '5': means nothing to a storm test"],
    ['--test-type storm -R 5', "--rate '5': means nothing to a storm test"],
    ['--test-type storm -W 5', "--warmup '5': means nothing to a storm test"],
    ['--test-type sustained -p 2', "--in-flight '2': means nothing to a sustained test"],
    ['--match fifo -p 2', "--in-flight '2': needs replies that can be told apart"],
    ['--payload x -p 2', "--in-flight '2': needs replies that can be told apart"],
    ['-s 8 -p 2', "--in-flight '2': needs replies that can be told apart"],
    ['-s 2MB --max-message 1MB', "--size '2MB': is over --max-message 1MB"],
    ['--payload {sequence}', "--payload '{sequence}': has the unknown placeholder {sequence}"],
    ['--payload {token}', '--payload: uses {token}, but there are no tokens'],
    ['ws://h:1/{seq}', "URL 'ws://h:1/{seq}': has {seq}, but a handshake belongs to no message"],
    ['ws://h:1/{token}', 'uses {token}, but there are no tokens'],
    ['--token secret', '--token: is used nowhere'],
    ['ws://u:pw@h:1 -H Authorization:x', '--header: sets Authorization, and the URL has a user and password'],
    ['--cert c', "--cert 'c': needs its key"],
    ['--key c', "--key 'c': needs its certificate"],
    ['--ca none.pem', "--ca 'none.pem': names a file that does not exist"],
    ['--payload @none', "--payload '@none': names a file that does not exist"],
    ['--server-pid 5', "--server-pid '5': watches a server of yours, but there is no URL"],
    ['-- node s.js', "-- COMMAND 'node': starts a server, but nothing says where it will listen"],
    ['ws://h:1 --server-pid 5 -- node s.js', 'cannot go with a command'],
    ['--abort-on-fail', '--abort-on-fail: has no threshold that could fail'],
    ['-q --full', '--quiet: cannot go with --full'],
    ['--json -o txt=-', '--json: wants standard output for a second format'],
    ['-o a.json -o a.json', "--output 'a.json': writes the same file twice"],
    ['-o constructor=x', "--output 'constructor=x': has the unknown format"],
    ['-o json=', "--output 'json=': names no file"],
    ['-o json=- -o md=-', "--output 'md=-': wants standard output for a second format"],
    ['--metrics-port 70000', "--metrics-port '70000': is not a port"],
    ['--metrics-port x:y', "--metrics-port 'x:y': is not a port"],
    ['--metrics-port [::zz]:1', "--metrics-port '[::zz]:1': is not a port"],
    ['--metrics-port [1.2.3.4]:1', 'has no IPv6 address in its brackets'],
    ['-o report.pdf', "--output 'report.pdf': has an ending that stands for no format"],
    ['--threshold p99<5', "--threshold 'p99<5'"],
    ['-H Sec-WebSocket-Protocol:x', '--header: sets Sec-WebSocket-Protocol: use --subprotocol'],
    ['--source-ip 127.0.0.1,x', 'has "x", which is not an IP address'],
    ['--dialect nope', "--dialect 'nope': is not a dialect; accepted: echo"],
    ['-w 300', "--workers '300': is over 256"],
  ])('%s', (line, message) => {
    expect(mistakesOf(...line.split(' ')).join('\n')).toContain(message)
  })

  it('and each of them names what is accepted and an example', () => {
    for (const mistake of mistakesOf(
      '-c',
      '0',
      '-m',
      '0',
      '-s',
      '0',
      '-d',
      '0',
      '-R',
      '0',
      '--bogus',
      '-t',
      'x',
    )) {
      expect(mistake).toMatch(/; accepted: .+; for example: .+/)
    }
  })

  it('and all are named at once, from all sources, each once', () => {
    const files = { 's.yaml': 'size: 0\n' }
    const mistakes = mistakesWith(
      { files, env: { STRESS_TIMEOUT: 'x' } },
      's.yaml',
      '-c',
      '0',
      '--test-type',
      'all',
      '--payload',
      '{x}',
    )
    expect(mistakes.map((mistake) => mistake.split(':')[0])).toEqual([
      "--connections '0'",
      "STRESS_TIMEOUT 'x'",
      's.yaml',
      "--payload '{x}'",
    ])
  })

  it('and a threshold is checked against the plan, at the place where it was written', () => {
    const files = { 's.yaml': 'thresholds:\n  - p99<50ms\n  - connect_time:p(99)<1s\n' }
    const [mistake] = mistakesWith({ files }, 's.yaml', '-c', '50')
    expect(mistake).toMatch(/^s\.yaml:3:5 thresholds\.1 .*needs 100 connections/)
    expect(checkThreshold('p99<50ms', testsOf())).toBe(null)
  })
})

it('shows no secret in any mistake', () => {
  const files = { 's.yaml': 'headers:\n  Authorization: "tops\\u0101cret"\ntoken: ""\n' }
  const line = [
    'ws://me:topsecret@h:0',
    '-H',
    'topsecret',
    '--token',
    'topsecret\n',
    '--jwt',
    'topsecret',
    '--',
    'run',
    'topsecret',
  ]
  const text = mistakesWith({ files }, 's.yaml', ...line).join('\n')
  expect(text).toContain('--token')
  expect(text).not.toMatch(/tops.cret/)
})
