/** Every rule of validity, at both sides of its edge. */
import { describe, expect, it } from 'vitest'
import { judgeValidity, type ValidityFacts } from '../../src/result/validity.ts'

const NO_LOAD = {
  loopBusy: null,
  generatorCpuPercent: null,
  serverCpuPercent: null,
  serverBusiestThreadPercent: null,
}
const FREE = { ...NO_LOAD, loopBusy: 0.5, serverCpuPercent: 30, serverBusiestThreadPercent: 30 }

const open: ValidityFacts = {
  workload: 'open',
  messagesDue: 1000,
  messagesSent: 1000,
  unsentByServer: 0,
  pacerLagP99Us: 100,
  latencyP99Us: 1000,
  isReadingMuch: false,
  replyTimeoutUs: 5_000_000,
  judgedUs: 10_000_000,
  load: FREE,
  serverVisible: true,
  serverCores: 2,
  failures: [],
}
const closed: ValidityFacts = { ...open, workload: 'closed', pacerLagP99Us: null }
const fanOut: ValidityFacts = { ...open, isReadingMuch: true }
const push: ValidityFacts = { ...closed, workload: 'silent', isReadingMuch: true }
const storm: ValidityFacts = { ...closed, workload: 'storm' }
const failure = (name: 'fd-limit' | 'no-ports' | 'no-memory' | 'refused' | 'reset', count = 1) => ({
  class: name,
  detail: 'X',
  count,
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
  ['open, nothing was due', { ...open, messagesDue: 0, messagesSent: 0 }, 'valid', 'none', []],
  // Open: lag P99 ≤ max(1 ms, 25 % of response P99).
  ['open, lag of 1 ms', { ...open, pacerLagP99Us: 1000 }, 'valid', 'none', []],
  ['open, lag over 1 ms', { ...open, pacerLagP99Us: 1001 }, 'generator-limited', 'generator', ['pacer-late']],
  [
    'open, lag of 25 % of the response time',
    { ...open, pacerLagP99Us: 1250, latencyP99Us: 5000 },
    'valid',
    'none',
    [],
  ],
  [
    'open, lag over 25 % of the response time',
    { ...open, pacerLagP99Us: 1251, latencyP99Us: 5000 },
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
    { ...fanOut, pacerLagP99Us: 1251, latencyP99Us: 5000, load: { ...FREE, loopBusy: 1 } },
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
    expect(judgeValidity({ ...open, pacerLagP99Us: 9000, latencyP99Us: 5000 }).reasons).toMatchObject([
      { code: 'pacer-late', value: 9000, limit: 1250 },
    ])
    expect(judgeValidity({ ...open, messagesSent: 500 }).reasons).toMatchObject([
      { code: 'rate-not-reached', value: 0.5, limit: 0.99 },
    ])
  })

  it('says what helps', () => {
    const blind = { ...closed, serverVisible: false, load: { ...NO_LOAD, loopBusy: 1 } }
    expect(judgeValidity(blind).reasons[0]?.message).toMatch(/--rate.*--server-pid/)
    expect(judgeValidity({ ...open, failures: [failure('fd-limit')] }).reasons[0]?.message).toMatch(
      /ulimit -n/,
    )
  })
})
