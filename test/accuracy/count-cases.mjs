/** Cases about messages that are lost, doubled, swapped, late or held back, and about bytes and rates. */
import { allowanceOf } from './floor.mjs'
import { bounded, countRows, exact, trendRows } from './rows.mjs'
import { boundDelays, countLog, countOvertaken, listAnswered, sum } from './truth.mjs'

const MS = 1000
/** 3,000 messages, 300 of each connection, on schedule after a warm-up of 1,000. */
const SCHEDULE = { perSecond: 1000, clients: 10, warmup: 1000 }
const OPTIONS = ['-c', '10', '-R', '1000', '-W', '1', '-w', '1', '-t', '1s']
const TIMEOUT_US = 1000 * MS
const MESSAGES = 3000
/** One each less, of which 30 are lost: rank 2,961 of P99 is the first of them, and one rank lower is a reply. */
const LOSS = { every: 97, at: 20, each: 299, messages: 2990 }

/** Due, lost, unsent and the ratios made of them. */
function checkBalance({ metrics, log }, inTime, due = MESSAGES) {
  const { connections_attempted: attempted, ...counts } = countLog(log)
  const lost = counts.messages_sent - inTime.length
  return [
    ...countRows(metrics, {
      connections_attempted: attempted,
      ...counts,
      messages_received: inTime.length,
      // A late reply is late, and not reordered too.
      messages_reordered: countOvertaken(log.messages, inTime),
    }),
    ...countRows(metrics, {
      messages_due: due,
      messages_unsent: 0,
      messages_lost: lost,
      messages_unexpected: 0,
    }),
    exact('reply_ratio', (due - lost) / due, metrics.reply_ratio.value),
    exact('error_ratio', lost / (due + attempted), metrics.error_ratio.value),
  ]
}

/** Of the replies in time; the others rank above them. */
function checkDelays({ metrics, log }, floor, numbers) {
  const allowance = allowanceOf(floor, metrics)
  const lost = log.messages.k.length - numbers.length
  return trendRows('service_time', metrics.service_time, boundDelays(log, numbers), allowance, lost)
}

function checkAllAnswered(run, floor) {
  const answered = listAnswered(run.log)
  return [...checkBalance(run, answered), ...checkDelays(run, floor, answered)]
}

export const COUNT_CASES = {
  loss: {
    title: '1 message in 97 never answered',
    server: { reply: { kind: 'lose', every: LOSS.every, at: LOSS.at, delayUs: MS } },
    schedule: SCHEDULE,
    options: [...OPTIONS, '-m', String(LOSS.each)],
    check(run, floor) {
      const answered = listAnswered(run.log)
      return [
        ...checkBalance(run, answered, LOSS.messages),
        ...countRows(run.metrics, { messages_late: 0 }),
        ...checkDelays(run, floor, answered),
      ]
    },
  },

  late: {
    title: '1 message in 25 answered 600 ms after its timeout',
    server: { reply: { kind: 'rare', every: 25, at: 5, fastUs: MS, slowUs: 1600 * MS, until: 2000 } },
    schedule: SCHEDULE,
    options: [...OPTIONS, '-m', '300'],
    check(run, floor) {
      const { readUs, writeUs } = run.log.messages
      const inTime = listAnswered(run.log).filter((n) => writeUs[n] - readUs[n] < TIMEOUT_US)
      const late = run.log.messages.k.length - inTime.length
      return [
        ...checkBalance(run, inTime),
        ...countRows(run.metrics, { messages_late: late }),
        ...checkDelays(run, floor, inTime),
      ]
    },
  },

  duplicate: {
    title: '1 message in 50 answered twice',
    // Not the last message of the warm-up: its second reply comes in the hold, and counts there.
    server: { reply: { kind: 'duplicate', every: 50, at: 25, delayUs: MS } },
    schedule: SCHEDULE,
    options: [...OPTIONS, '-m', '300'],
    check: checkAllAnswered,
  },

  reorder: {
    title: '1 message in 20 answered after the next one',
    server: { reply: { kind: 'swap', every: 20, delayUs: MS } },
    schedule: SCHEDULE,
    options: [...OPTIONS, '-m', '300'],
    check: checkAllAnswered,
  },

  'reorder-closed': {
    title: '1 message in 20 answered after the next one, two in flight',
    server: { reply: { kind: 'swap', every: 20, delayUs: MS } },
    options: ['-c', '10', '-p', '2', '-m', '300', '-W', '0', '-w', '1'],
    check: (run) => checkBalance(run, listAnswered(run.log)),
  },

  'rate-limited': {
    title: 'a server that gives 500 replies/s, closed loop',
    server: { rate: { perSecond: 500 } },
    options: ['-c', '10', '-p', '20', '-d', '3', '-W', '0', '-w', '1'],
    check({ metrics, log, test, result }, floor) {
      const { readUs, writeUs } = log.messages
      const answered = listAnswered(log)
      const endUs = readUs[0] + 3e6
      const perSecond = answered.filter((n) => writeUs[n] <= endUs).length / 3
      // One reply more or less at either end.
      const edge = 2 / 3
      const allowance = floor.service
      return [
        ...countRows(metrics, countLog(log)),
        bounded('messages/s', perSecond, metrics.messages_received.rate, edge, { unit: '/s' }),
        exact('messages/s of the summary', metrics.messages_received.rate, result.summary.messagesPerSecond),
        bounded('hold', 3e6, test.phases.holdUs, floor.service.max, { below: 1 }),
        ...trendRows('service_time', metrics.service_time, boundDelays(log, answered), allowance),
      ]
    },
  },

  bytes: {
    title: 'bytes on the wire, messages of 300 B',
    server: { reply: { kind: 'duplicate', every: 7, at: 0, delayUs: 0 } },
    options: ['-c', '10', '-R', '1000', '-m', '300', '-W', '0', '-w', '1', '-s', '300'],
    check({ metrics, log }) {
      const written = sum(log.connections.map(({ bytesWritten }) => bytesWritten))
      return [
        ...countRows(metrics, countLog(log)),
        exact('bytes_received', written, metrics.bytes_received.count, ' B'),
      ]
    },
  },
}
