/** Every rule of validity, at both sides of its edge. */
import { describe, expect, it } from 'vitest'
import { judgeValidity, type ValidityFacts } from '../../src/result/validity.ts'

const NO_LOAD = {
  loopBusy: null,
  coreWait: null,
  generatorCpuPercent: null,
  serverCpuPercent: null,
  serverBusiestThreadPercent: null,
}
const FREE = {
  ...NO_LOAD,
  loopBusy: 0.5,
  coreWait: 0.02,
  serverCpuPercent: 30,
  serverBusiestThreadPercent: 30,
}

const open: ValidityFacts = {
  workload: 'open',
  messagesDue: 1000,
  messagesSent: 1000,
  unsentByServer: 0,
  pacerLagP99Us: 100,
  retryLagP99Us: null,
  returnP99Us: null,
  latencyP99Us: 1000,
  isReadingMuch: false,
  replyTimeoutUs: 5_000_000,
  judgedUs: 10_000_000,
  load: FREE,
  serverVisible: true,
  serverCores: 2,
  onOneCore: false,
  failures: [],
  suspendedMs: 0,
}
/** Attempts to come back. */
const returning = (retryLagP99Us: number, returnP99Us: number | null): ValidityFacts => ({
  ...open,
  retryLagP99Us,
  returnP99Us,
})
const closed: ValidityFacts = { ...open, workload: 'closed', pacerLagP99Us: null }
const fanOut: ValidityFacts = { ...open, isReadingMuch: true }
const push: ValidityFacts = { ...closed, workload: 'silent', isReadingMuch: true }
const storm: ValidityFacts = { ...closed, workload: 'storm' }
const starved = { ...FREE, coreWait: 0.21 }
const failure = (name: 'fd-limit' | 'no-ports' | 'no-memory' | 'refused' | 'reset', count = 1) => ({
  class: name,
  detail: 'X',
  count,
  ends: 0,
  firstAtUs: 0,
})

type Row = [what: string, facts: ValidityFacts, state: string, limitedBy: string, codes: string[]]
const rows: Row[] = [
  // Open: sent ÷ due ≥ 0.99, what the server did not take left out.
  ['open, all sent', open, 'valid', 'none', []],
  ['open, 99.0 % sent', { ...open, messagesSent: 990 }, 'valid', 'none', []],
  [
    'open, 98.9 % sent',
    { ...open, messagesSent: 989 },
    'generator-limited',
    'generator',
    ['rate-not-reached'],
  ],
  [
    'open, half unsent by a full socket',
    { ...open, messagesSent: 500, unsentByServer: 500 },
    'valid',
    'none',
    [],
  ],
  [
    'open, half unsent by a full socket and the rest not all sent',
    { ...open, messagesSent: 490, unsentByServer: 500 },
    'generator-limited',
    'generator',
    ['rate-not-reached'],
  ],
  [
    'open, none owed: the server took nothing',
    { ...open, messagesSent: 0, unsentByServer: 1000 },
    'valid',
    'none',
    [],
  ],
  ['retries in time', returning(90_000, 150_000), 'valid', 'none', []],
  ['retries a little late beside a long wait', returning(900_000, 4_000_000), 'valid', 'none', []],
  ['retries late', returning(1_100_000, 4_000_000), 'generator-limited', 'generator', ['retry-late']],
  ['retries late, not all came back', returning(1_100_000, null), 'valid', 'none', []],
  ['open, nothing was due', { ...open, messagesDue: 0, messagesSent: 0 }, 'valid', 'none', []],
  // Open: lag P99 ≤ max(2 ms, 25 % of response P99).
  ['open, lag of 2 ms', { ...open, pacerLagP99Us: 2000 }, 'valid', 'none', []],
  ['open, lag over 2 ms', { ...open, pacerLagP99Us: 2001 }, 'generator-limited', 'generator', ['pacer-late']],
  [
    'open, lag of 25 % of the response time',
    { ...open, pacerLagP99Us: 2500, latencyP99Us: 10_000 },
    'valid',
    'none',
    [],
  ],
  [
    'open, lag over 25 % of the response time',
    { ...open, pacerLagP99Us: 2501, latencyP99Us: 10_000 },
    'generator-limited',
    'generator',
    ['pacer-late'],
  ],
  [
    'open, P99 among lost messages: at least the timeout, so the lag is little of it',
    { ...open, pacerLagP99Us: 1_250_000, latencyP99Us: null },
    'valid',
    'none',
    [],
  ],
  [
    'open, P99 among lost messages and a lag beside which the timeout is little',
    { ...open, pacerLagP99Us: 1_250_001, latencyP99Us: null },
    'generator-limited',
    'generator',
    ['pacer-late'],
  ],
  [
    'open, nothing could be sent: the lag says nothing',
    { ...open, messagesSent: 0, unsentByServer: 1000, pacerLagP99Us: 9_000_000, latencyP99Us: null },
    'valid',
    'none',
    [],
  ],
  ['open, no lag figure', { ...open, pacerLagP99Us: null }, 'valid', 'none', []],
  [
    'open, both',
    { ...open, messagesSent: 1, pacerLagP99Us: 9000 },
    'generator-limited',
    'generator',
    ['rate-not-reached', 'pacer-late'],
  ],
  [
    'open, the server is full',
    { ...open, load: { ...FREE, serverBusiestThreadPercent: 90 } },
    'valid',
    'server',
    ['server-thread'],
  ],
  [
    'open, a loop without pause is a spinning pacer, no limit',
    { ...open, load: { ...FREE, loopBusy: 1 } },
    'valid',
    'none',
    [],
  ],
  // Closed: a loop over 95 % busy, while the server has CPU to spare.
  ['closed, loop at 95 %', { ...closed, load: { ...FREE, loopBusy: 0.95 } }, 'valid', 'none', ['loop-free']],
  [
    'closed, loop over 95 %',
    { ...closed, load: { ...FREE, loopBusy: 0.951 } },
    'generator-limited',
    'generator',
    ['loop-busy'],
  ],
  [
    'closed, loop over 95 % and a thread of the server at 90 %',
    { ...closed, load: { ...FREE, loopBusy: 1, serverBusiestThreadPercent: 90 } },
    'valid',
    'server',
    ['server-thread'],
  ],
  [
    'closed, loop over 95 % and a thread of the server under 90 %',
    { ...closed, load: { ...FREE, loopBusy: 1, serverBusiestThreadPercent: 89.9 } },
    'generator-limited',
    'generator',
    ['loop-busy'],
  ],
  [
    'closed, loop over 95 % and the server at 90 % of its cores',
    { ...closed, load: { ...FREE, loopBusy: 1, serverCpuPercent: 180 } },
    'valid',
    'server',
    ['server-cpu'],
  ],
  [
    'closed, loop over 95 % and the server under 90 % of its cores',
    { ...closed, load: { ...FREE, loopBusy: 1, serverCpuPercent: 179 } },
    'generator-limited',
    'generator',
    ['loop-busy'],
  ],
  [
    'closed, the server on one core',
    { ...closed, serverCores: 1, load: { ...FREE, loopBusy: 1, serverCpuPercent: 90 } },
    'valid',
    'server',
    ['server-cpu'],
  ],
  [
    'closed, loop over 95 % and a server out of sight',
    { ...closed, serverVisible: false, serverCores: null, load: { ...NO_LOAD, loopBusy: 0.99 } },
    'generator-limited',
    'unknown',
    ['loop-busy'],
  ],
  [
    'closed, loop over 95 % and a page that tells no CPU',
    { ...closed, load: { ...NO_LOAD, loopBusy: 0.99 } },
    'generator-limited',
    'unknown',
    ['loop-busy'],
  ],
  [
    'closed, loop over 95 % and a core of the server in use, of threads that nobody sees',
    { ...closed, load: { ...NO_LOAD, loopBusy: 0.99, serverCpuPercent: 95 } },
    'generator-limited',
    'unknown',
    ['loop-busy'],
  ],
  [
    'closed, loop free and a page that tells no CPU',
    { ...closed, load: { ...NO_LOAD, loopBusy: 0.5 } },
    'valid',
    'unknown',
    ['loop-free'],
  ],
  [
    'closed, loop free and a server out of sight',
    { ...closed, serverVisible: false, serverCores: null, load: { ...NO_LOAD, loopBusy: 0.5 } },
    'valid',
    'unknown',
    ['loop-free'],
  ],
  [
    'closed, under a second',
    { ...closed, judgedUs: 999_999, load: { ...FREE, loopBusy: 1 } },
    'valid',
    'unknown',
    ['short'],
  ],
  ['closed, without a hold', { ...closed, judgedUs: null }, 'valid', 'unknown', ['short']],
  ['closed, no loop figure', { ...closed, load: NO_LOAD }, 'valid', 'unknown', ['short']],
  // Closed, storm, and where much is read: no core for the generator.
  [
    'closed, 20 % without a core',
    { ...closed, load: { ...FREE, coreWait: 0.2 } },
    'valid',
    'none',
    ['loop-free'],
  ],
  [
    'closed, over 20 % without a core',
    { ...closed, load: starved },
    'generator-limited',
    'generator',
    ['core-taken'],
  ],
  [
    'closed, without a core that only the server can have taken',
    { ...closed, onOneCore: true, serverCores: 1, load: starved },
    'generator-limited',
    'generator',
    ['shared-core'],
  ],
  [
    'closed, one core for both but hardly a wait',
    { ...closed, onOneCore: true, serverCores: 1 },
    'valid',
    'none',
    ['loop-free'],
  ],
  [
    'closed, without a core, a busy loop and a server out of sight: the core is known',
    { ...closed, serverVisible: false, serverCores: null, load: { ...starved, loopBusy: 1 } },
    'generator-limited',
    'generator',
    ['core-taken'],
  ],
  [
    'closed, without a core and a full server: it would not have answered sooner',
    { ...closed, load: { ...starved, serverBusiestThreadPercent: 95 } },
    'valid',
    'server',
    ['server-thread'],
  ],
  [
    'closed, without a core for less than a second',
    { ...closed, judgedUs: 999_999, load: starved },
    'valid',
    'unknown',
    ['short'],
  ],
  ['storm, without a core', { ...storm, load: starved }, 'generator-limited', 'generator', ['core-taken']],
  ['fan-out, without a core', { ...fanOut, load: starved }, 'generator-limited', 'generator', ['core-taken']],
  ['pushes, without a core', { ...push, load: starved }, 'generator-limited', 'generator', ['core-taken']],
  ['silent, without a core', { ...closed, workload: 'silent', load: starved }, 'valid', 'none', []],
  [
    'open, without a core, but sent in time: it may have read late',
    { ...open, load: starved },
    'generator-limited',
    'generator',
    ['core-taken'],
  ],
  ['open, this machine was suspended', { ...open, suspendedMs: 1200 }, 'invalid', 'generator', ['suspended']],
  [
    'open, sent late for want of a core: the cause first',
    { ...open, load: starved, pacerLagP99Us: 9000, messagesSent: 1 },
    'generator-limited',
    'generator',
    ['core-taken', 'rate-not-reached', 'pacer-late'],
  ],
  // A storm is judged as a closed workload, over its connect phase.
  [
    'storm, loop over 95 %',
    { ...storm, load: { ...FREE, loopBusy: 1 } },
    'generator-limited',
    'generator',
    ['loop-busy'],
  ],
  ['storm, over in a moment', { ...storm, judgedUs: 50_000 }, 'valid', 'unknown', ['short']],
  // Silent: nothing to be late with.
  ['silent', { ...closed, workload: 'silent', load: { ...FREE, loopBusy: 1 } }, 'valid', 'none', []],
  [
    'silent, the server is full',
    { ...closed, workload: 'silent', load: { ...FREE, serverBusiestThreadPercent: 100 } },
    'valid',
    'server',
    ['server-thread'],
  ],
  // Fan-out and pushes: the generator must keep up with what comes.
  ['fan-out, loop at 95 %', { ...fanOut, load: { ...FREE, loopBusy: 0.95 } }, 'valid', 'none', []],
  [
    'fan-out, loop over 95 %',
    { ...fanOut, load: { ...FREE, loopBusy: 0.951 } },
    'generator-limited',
    'generator',
    ['loop-busy'],
  ],
  [
    'fan-out, loop over 95 % and a thread of the server at 90 %',
    { ...fanOut, load: { ...FREE, loopBusy: 1, serverBusiestThreadPercent: 90 } },
    'valid',
    'server',
    ['server-thread'],
  ],
  [
    'fan-out, loop over 95 % and a server out of sight',
    { ...fanOut, serverVisible: false, serverCores: null, load: { ...NO_LOAD, loopBusy: 0.99 } },
    'generator-limited',
    'unknown',
    ['loop-busy'],
  ],
  [
    'fan-out, loop over 95 % for less than a second',
    { ...fanOut, judgedUs: 999_999, load: { ...FREE, loopBusy: 1 } },
    'valid',
    'none',
    [],
  ],
  ['fan-out, no loop figure', { ...fanOut, load: NO_LOAD }, 'valid', 'none', []],
  [
    'fan-out, lag over 25 % of the delivery time comes first',
    { ...fanOut, pacerLagP99Us: 2501, latencyP99Us: 10_000, load: { ...FREE, loopBusy: 1 } },
    'generator-limited',
    'generator',
    ['pacer-late'],
  ],
  ['pushes, loop at 95 %', { ...push, load: { ...FREE, loopBusy: 0.95 } }, 'valid', 'none', []],
  [
    'pushes, loop over 95 %',
    { ...push, load: { ...FREE, loopBusy: 0.96 } },
    'generator-limited',
    'generator',
    ['loop-busy'],
  ],
  // Invalid: this machine's own limits, and nothing that the server did.
  ['one EMFILE of many', { ...open, failures: [failure('fd-limit')] }, 'invalid', 'generator', ['fd-limit']],
  [
    'ports and memory',
    { ...closed, failures: [failure('no-ports', 3), failure('no-memory')] },
    'invalid',
    'generator',
    ['no-ports', 'no-memory'],
  ],
  [
    'invalid comes before generator-limited',
    { ...open, messagesSent: 1, failures: [failure('no-memory')] },
    'invalid',
    'generator',
    ['no-memory'],
  ],
  [
    'a server that refuses is a result',
    { ...open, failures: [failure('refused', 500), failure('reset', 500)] },
    'valid',
    'none',
    [],
  ],
]

describe('judgeValidity', () => {
  it.each(rows)('%s', (_, facts, state, limitedBy, codes) => {
    const verdict = judgeValidity(facts)
    expect(verdict).toMatchObject({ state, limitedBy })
    expect(verdict.reasons.map(({ code }) => code)).toEqual(codes)
  })

  it('gives the value and the limit it was held against', () => {
    expect(judgeValidity({ ...open, pacerLagP99Us: 9000, latencyP99Us: 10_000 }).reasons).toMatchObject([
      { code: 'pacer-late', value: 9000, limit: 2500 },
    ])
    expect(judgeValidity({ ...open, messagesSent: 500 }).reasons).toMatchObject([
      { code: 'rate-not-reached', value: 0.5, limit: 0.99 },
    ])
  })

  const late = { ...open, pacerLagP99Us: 9000, messagesSent: 500 }
  it.each<[what: string, facts: ValidityFacts, text: RegExp]>([
    ['rate-not-reached', late, /50\.00 %.*under 99 %.*--workers.*another machine.*lower the rate/],
    ['pacer-late', { ...open, pacerLagP99Us: 9000 }, /9\.00 ms, over 2\.00 ms\).*--workers.*lower the rate/],
    [
      'pacer-late beside a slow server',
      { ...open, pacerLagP99Us: 9000, latencyP99Us: 20_000 },
      /9\.00 ms, over 5\.00 ms \(25 % of the latency's P99\)/,
    ],
    ['core-taken', { ...closed, load: starved }, /21\.0 % of the time, over 20 %.*end what else runs/],
    ['shared-core', { ...closed, onOneCore: true, load: starved }, /share one core.*21\.0 %.*taskset/],
    [
      'loop-busy, closed',
      { ...closed, load: { ...FREE, loopBusy: 0.97 } },
      /97\.0 % busy, over 95 %.*--workers, another machine, or set a --rate/,
    ],
    ['loop-busy, storm', { ...storm, load: { ...FREE, loopBusy: 0.97 } }, /set a --connect-rate/],
    [
      'loop-busy, fan-out',
      { ...fanOut, load: { ...FREE, loopBusy: 0.97 } },
      /lower the rate, or use fewer receivers/,
    ],
    ['loop-busy, pushes', { ...push, load: { ...FREE, loopBusy: 0.97 } }, /use fewer connections/],
    ['short, closed', { ...closed, judgedUs: 1 }, /under 1 s.*--duration/],
    ['short, storm', { ...storm, judgedUs: 1 }, /under 1 s.*more connections/],
    ['loop-free', closed, /50\.0 % busy.*--connections or --in-flight/],
    ['loop-free, storm', storm, /--connect-concurrency/],
    ['loop-free, server out of sight', { ...closed, serverVisible: false }, /--server-pid/],
    [
      'server-thread',
      { ...open, load: { ...FREE, serverBusiestThreadPercent: 97 } },
      /97 % of a core, full from 90 %.*threads or processes/,
    ],
    [
      'server-cpu',
      { ...open, load: { ...FREE, serverCpuPercent: 190 } },
      /190 % of its 2 cores' 200 %, full from 180 %/,
    ],
    ['fd-limit', { ...open, failures: [failure('fd-limit', 7)] }, /7 connections.*ulimit -n/],
    ['no-ports', { ...open, failures: [failure('no-ports')] }, /--source-ip.*ip_local_port_range/],
    ['no-memory', { ...open, failures: [failure('no-memory')] }, /fewer connections/],
  ])('%s: the message has the value, its limit and what helps', (name, facts, text) => {
    const [reason] = judgeValidity(facts).reasons
    expect(name).toContain(reason?.code)
    expect(reason?.message).toMatch(text)
  })

  it('says what helps', () => {
    const blind = { ...closed, serverVisible: false, load: { ...NO_LOAD, loopBusy: 1 } }
    expect(judgeValidity(blind).reasons[0]?.message).toMatch(/--rate.*--server-pid/)
    expect(judgeValidity({ ...open, failures: [failure('fd-limit')] }).reasons[0]?.message).toMatch(
      /ulimit -n/,
    )
  })
})
