/** Cases about times of messages. Each: server (its behaviour), options (of stress), check(run, floor) to rows. */
import { addBurst, allowanceOf, SETUP, SETUP_OPTIONS } from './floor.mjs'
import { bounded, countRows, exact, expected, histogramRows, trendRows } from './rows.mjs'
import {
  boundDelays,
  boundResponses,
  countLog,
  deriveDues,
  deriveLateness,
  listAnswered,
  rankOf,
  sum,
} from './truth.mjs'

const MS = 1000

/** The trends of a run on schedule against the log, and its counts. `due`: messages of its schedule. */
function checkLatency({ metrics, log, test }, floor, schedule, due, burstUs = 0) {
  const allowance = addBurst(allowanceOf(floor, metrics), burstUs)
  const answered = listAnswered(log)
  // What was due and never sent, because the generator had no core, ranks above every reply.
  const missing = due - answered.length
  return [
    ...countRows(metrics, countLog(log)),
    ...countRows(metrics, { messages_due: due, messages_unsent: due - log.messages.k.length }),
    ...trendRows('service_time', metrics.service_time, boundDelays(log, answered), allowance, missing),
    ...trendRows(
      'response_time',
      metrics.response_time,
      boundResponses(log, answered, schedule),
      allowance,
      missing,
    ),
    ...histogramRows('service_time', test),
    ...histogramRows('response_time', test),
  ]
}

/** 600 messages/s over 10 connections for 3 s after a warm-up, and half a second in which nothing is answered. */
const STALL = { atUs: 2000 * MS, forUs: 500 * MS }
const STALL_SETUP = { perSecond: 600, clients: 10, warmup: 600 }
const STALL_OPTIONS = ['-c', '10', '-R', '600', '-d', '3', '-W', '1', '-w', '1']
const STALL_MESSAGES = 1800

/**
 * The k-th slowest of a schedule through a stall was due k − 1 steps after its beginning, so it took what was left. A
 * stall begins anywhere within a step.
 */
function closedFormRows({ metrics, log }, floor) {
  const stepUs = 1e6 / STALL_SETUP.perSecond
  const [{ fromUs, toUs }] = log.stalls
  // To be written, and to be read.
  const allowance = addBurst(allowanceOf(floor, metrics), 2 * flushOf({ log }))
  return [
    ['P90', 'p90', 900],
    ['P99', 'p99', 990],
    ['P99.9', 'p999', 999],
  ].map(([label, key, thousandths]) => {
    const place = STALL_MESSAGES - rankOf(thousandths, STALL_MESSAGES)
    const wantedUs = toUs - fromUs - place * stepUs
    const figure = `response_time ${label}, closed form`
    return bounded(figure, wantedUs, metrics.response_time[key], wantedUs / 1000 + allowance[key], {
      below: stepUs,
    })
  })
}

/** From the end of the stall to the last reply that had waited for it. */
function flushOf({ log }) {
  const [{ toUs }] = log.stalls
  const dues = deriveDues(log, STALL_SETUP)
  return Math.max(...log.messages.writtenUs.filter((_, n) => dues[n] < toUs)) - toUs
}

/** The generator, stopped for a while, sends what was due meanwhile in a burst: how long that took. */
function catchUpOf({ log }) {
  const dues = deriveDues(log, STALL_SETUP)
  const { readUs } = log.messages
  const late = readUs.filter((us, n) => us - dues[n] > 10 * MS)
  return Math.max(...late) - Math.min(...late)
}

export const LATENCY_CASES = {
  constant: {
    title: 'every reply after 5 ms',
    server: { reply: { kind: 'constant', delayUs: 5 * MS } },
    schedule: SETUP,
    options: [...SETUP_OPTIONS, '-d', '3'],
    check: (run, floor) => checkLatency(run, floor, SETUP, 12_000),
  },

  bimodal: {
    title: '88 % of replies after 2 ms, 12 % after 20 ms',
    server: { reply: { kind: 'bimodal', of: 100, slow: 12, fastUs: 2 * MS, slowUs: 20 * MS } },
    schedule: SETUP,
    options: [...SETUP_OPTIONS, '-d', '3'],
    check: (run, floor) => checkLatency(run, floor, SETUP, 12_000),
  },

  // 20 slow ones of the 19,500 after the warm-up: rank 19,481 of P99.9 is the least of them, and one rank lower is a fast one.
  rare: {
    title: '1 reply in 1000 after 50 ms, the others after 1 ms',
    server: { reply: { kind: 'rare', every: 1000, at: 250, fastUs: MS, slowUs: 50 * MS } },
    schedule: SETUP,
    options: [...SETUP_OPTIONS, '-m', '1950'],
    check: (run, floor) => checkLatency(run, floor, SETUP, 19_500),
  },

  stall: {
    title: 'nothing answered for 500 ms, on schedule',
    server: { stall: { ...STALL, how: 'hold' } },
    schedule: STALL_SETUP,
    options: STALL_OPTIONS,
    check: (run, floor) => [
      ...checkLatency(run, floor, STALL_SETUP, STALL_MESSAGES),
      ...closedFormRows(run, floor),
    ],
  },

  'blocked-stall': {
    title: 'the whole server stopped for 500 ms, on schedule',
    server: { stall: { ...STALL, how: 'block' } },
    schedule: STALL_SETUP,
    options: STALL_OPTIONS,
    check(run, floor) {
      const { metrics, log } = run
      const answered = listAnswered(log)
      const bounds = boundResponses(log, answered, STALL_SETUP)
      const allowance = addBurst(allowanceOf(floor, metrics), flushOf(run))
      const missing = STALL_MESSAGES - answered.length
      return [
        ...countRows(metrics, countLog(log)),
        ...trendRows('response_time', metrics.response_time, bounds, allowance, missing),
        ...closedFormRows(run, floor),
      ]
    },
  },

  // Messages of 18 bytes have no room for a number: one at a time, and those that wait are sent late.
  'stall-one-at-a-time': {
    title: 'nothing answered for 500 ms, on schedule, one message in flight',
    server: { stall: { ...STALL, how: 'hold' } },
    schedule: STALL_SETUP,
    options: [...STALL_OPTIONS, '-s', '18'],
    check(run, floor) {
      const { messages_duplicated, messages_reordered, ...counts } = countLog(run.log)
      const rows = checkLatency(run, floor, STALL_SETUP, STALL_MESSAGES, flushOf(run)).filter(
        ({ figure }) => !(figure in counts),
      )
      return [
        ...countRows(run.metrics, counts),
        ...rows.filter(({ figure }) => figure !== 'messages_duplicated' && figure !== 'messages_reordered'),
        exact('messages_duplicated', null, run.metrics.messages_duplicated.count),
        exact('messages_reordered', null, run.metrics.messages_reordered.count),
      ]
    },
  },

  'stall-closed': {
    title: 'nothing answered for 500 ms, closed loop',
    server: { reply: { kind: 'constant', delayUs: MS }, stall: { ...STALL, how: 'hold' } },
    options: ['-c', '10', '-d', '3', '-W', '0', '-w', '1'],
    check({ metrics, log, test }, floor) {
      const delays = boundDelays(log, listAnswered(log))
      // Without a warm-up the other figures are those of the generator's own start.
      const isMax = ({ figure }) => /count|max/.test(figure)
      return [
        ...countRows(metrics, countLog(log)),
        ...trendRows('service_time', metrics.service_time, delays, floor.service).filter(isMax),
        expected(
          'warning of a hidden stall',
          true,
          test.warnings.some(({ code }) => code === 'stall-hidden'),
        ),
      ]
    },
  },

  // The generator is stopped from outside; what it should have sent meanwhile is late, by a known time.
  paused: {
    title: 'the generator stopped for 300 ms (SIGSTOP)',
    server: {},
    schedule: STALL_SETUP,
    options: STALL_OPTIONS,
    async tamper(pid) {
      const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
      await sleep(2000)
      process.kill(pid, 'SIGSTOP')
      await sleep(300)
      process.kill(pid, 'SIGCONT')
    },
    check({ metrics, log, test }, floor) {
      const answered = listAnswered(log)
      const lateness = deriveLateness(log, STALL_SETUP)
      // The server sees a message a way through the kernel later than it was sent.
      const wayUs = floor.service.p99
      const early = { least: lateness.least.map((us) => us - wayUs), most: lateness.most }
      return [
        ...countRows(metrics, countLog(log)),
        ...trendRows('pacer_lag', metrics.pacer_lag, early, floor.service),
        ...trendRows(
          'response_time',
          metrics.response_time,
          boundResponses(log, answered, STALL_SETUP),
          addBurst(floor.service, catchUpOf({ log })),
          STALL_MESSAGES - answered.length,
        ),
        exact('validity', 'generator-limited', test.validity.state),
      ]
    },
  },

  intervals: {
    title: 'intervals add up, time and rate give what is due',
    server: { reply: { kind: 'constant', delayUs: 2 * MS } },
    options: ['-c', '7', '-R', '777', '-d', '2500ms', '-W', '0', '-w', '1'],
    check({ metrics, log, test }) {
      const count = (name) => metrics[name].count
      const { intervals } = test
      return [
        ...countRows(metrics, countLog(log)),
        // Message n is due at n / 777 s, and due before 2.5 s.
        exact('messages_due', Math.ceil(777 * 2.5), count('messages_due')),
        exact('sent + unsent', count('messages_due'), count('messages_sent') + count('messages_unsent')),
        ...['sent', 'received', 'lost'].map((name) =>
          exact(`intervals' ${name}`, count(`messages_${name}`), sum(intervals.map((one) => one[name]))),
        ),
      ]
    },
  },

  ramp: {
    title: 'a rate that grows, after a warm-up, on two threads',
    server: {},
    options: ['-c', '10', '-R', '0..1k/s over 2s', '-d', '2', '-W', '500ms', '-w', '2'],
    check({ metrics, log }) {
      // The warm-up runs at the ramp's first rate above 0, its last.
      const warmup = 500
      const { messages_due: due, messages_sent: sent, messages_unsent: unsent } = metrics
      return [
        exact('messages_due', 1000, due.count),
        exact('sent + unsent', due.count, sent.count + unsent.count),
        exact('messages_sent', log.messages.k.length - warmup, sent.count),
        exact('messages_received', log.messages.k.length - warmup, metrics.messages_received.count),
      ]
    },
  },
}
