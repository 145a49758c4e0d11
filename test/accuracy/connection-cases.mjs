/** Cases about connections: how long they take to open, which are refused, how they end. */
import { RAMP_OPTIONS, RAMP_PER_SECOND } from './floor.mjs'
import { bounded, countRows, exact, trendRows } from './rows.mjs'
import { boundUpgrades, countLog, sorted } from './truth.mjs'

const MS = 1000

/** Close codes by number of the connection; null: a Close frame without one. */
const CLOSES = { 1: 1000, 2: 1001, 4: 1008, 5: 1011, 6: 1011, 7: 3000, 8: 4001, 9: null, 10: 1006 }

/** As a result has them: 1005 stands for none. */
function tallyCloses({ connections }) {
  const codes = {}
  for (const { closed } of connections) {
    if (closed === undefined) continue
    const code = String(closed ?? 1005)
    codes[code] = (codes[code] ?? 0) + 1
  }
  return codes
}

function sortKeys(record) {
  return JSON.stringify(Object.fromEntries(Object.entries(record).sort()))
}

/** Of connections that are due at a rate. From due to open, and to the server's accepting. */
function boundConnects({ connections }, perSecond) {
  const offsets = connections.map(({ client }) => (client * 1e6) / perSecond)
  const startUs = Math.min(...connections.map(({ acceptedUs }, n) => acceptedUs - offsets[n]))
  const from = (key) => sorted(connections.map((one, n) => one[key] - startUs - offsets[n]))
  return {
    opened: { least: from('answeredUs'), most: from('writtenUs') },
    accepted: from('acceptedUs'),
    openAt: sorted(connections.map(({ answeredUs }) => answeredUs - startUs)),
  }
}

function openRows(metrics, openAt, aboveUs) {
  return [50, 90, 99, 100].map((percent) => {
    const truth = openAt[Math.ceil((percent * openAt.length) / 100) - 1]
    return bounded(`open_${percent}`, truth, metrics[`open_${percent}`].value, truth / 1000 + aboveUs, {
      below: 1,
    })
  })
}

export const CONNECTION_CASES = {
  'slow-accept': {
    title: '1 upgrade in 8 answered after 60 ms, the others after 15 ms',
    server: { upgrade: { kind: 'bimodal', of: 8, slow: 1, fastUs: 15 * MS, slowUs: 60 * MS } },
    options: RAMP_OPTIONS,
    check({ metrics, log }, floor) {
      const allowance = floor.connect
      const { opened, openAt } = boundConnects(log, RAMP_PER_SECOND)
      return [
        ...countRows(metrics, countLog(log)),
        ...trendRows('connect_attempt', metrics.connect_attempt, boundUpgrades(log), allowance),
        ...trendRows('connect_time', metrics.connect_time, opened, allowance),
        ...openRows(metrics, openAt, floor.connect.max),
      ]
    },
  },

  // Two at a time open 80 a second, so the queue grows by one every 50 ms.
  'connect-queue': {
    title: 'every upgrade after 25 ms, 60 connections due at 100/s, 2 at a time',
    server: { upgrade: { kind: 'constant', delayUs: 25 * MS } },
    options: [
      '-c',
      '60',
      '--connect-rate',
      '100',
      '--connect-concurrency',
      '2',
      '-m',
      '5',
      '-W',
      '0',
      '-w',
      '1',
    ],
    check({ metrics, log }, floor) {
      // Between attempts the generator sleeps, and so few have not warmed it up.
      const { p99, max } = floor.connect
      const connect = { p50: p99, p90: p99, p95: p99, p99: max, p999: max, max, mean: p99 }
      const { opened, accepted, openAt } = boundConnects(log, 100)
      // The server accepts after the attempt began.
      const lag = { least: accepted.map((us) => us - max), most: accepted }
      return [
        ...countRows(metrics, countLog(log)),
        ...trendRows('connect_attempt', metrics.connect_attempt, boundUpgrades(log), connect),
        ...trendRows('connect_time', metrics.connect_time, opened, connect),
        ...trendRows('connect_lag', metrics.connect_lag, lag, connect),
        ...openRows(metrics, openAt, max),
      ]
    },
  },

  refused: {
    title: '1 upgrade in 5 refused with 503',
    server: { upgrade: { kind: 'refuse', every: 5, status: 503 } },
    options: ['-c', '50', '-m', '10', '-W', '0', '-w', '1'],
    check({ metrics, log, test, code }, floor) {
      const counts = countLog(log)
      const { connections_attempted: attempted, connections_failed: failed } = counts
      const opened = attempted - failed
      const refused = test.errors.find((error) => error.class === 'upgrade-status')
      return [
        ...countRows(metrics, counts),
        ...countRows(metrics, { messages_due: 500, messages_unsent: 10 * failed, messages_lost: 0 }),
        exact('upgrade-status 503', failed, refused?.detail === '503' ? refused.count : null),
        exact('connect_success', opened / attempted, metrics.connect_success.value),
        exact('error_ratio', (11 * failed) / (500 + attempted), metrics.error_ratio.value),
        exact('closeCodes', '{}', sortKeys(test.closeCodes)),
        exact('open_90', null, metrics.open_90.value),
        ...trendRows('connect_time', metrics.connect_time, boundUpgrades(log), floor.connect, failed).filter(
          ({ kind }) => kind === 'exact',
        ),
        exact('exit code', 0, code),
      ]
    },
  },

  closed: {
    title: 'connections closed by the server with 7 codes, with none, and without a Close frame',
    server: { close: CLOSES, closeAfter: 20, reply: { kind: 'constant', delayUs: 3 * MS } },
    options: ['-c', '12', '-R', '600', '-d', '2', '-W', '0', '-w', '1'],
    check({ metrics, log, test }) {
      const counts = countLog(log)
      const { messages_sent: sent, messages_received: received, connections_closed: closed } = counts
      const due = 1200
      return [
        ...countRows(metrics, counts),
        ...countRows(metrics, {
          messages_due: due,
          messages_unsent: due - sent,
          messages_lost: sent - received,
        }),
        exact('closeCodes', sortKeys(tallyCloses(log)), sortKeys(test.closeCodes)),
        exact('error_ratio', (closed + due - received) / (due + 12), metrics.error_ratio.value),
      ]
    },
  },
}
