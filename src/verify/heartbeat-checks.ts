/** Heartbeat: the server pings, and drops who does not answer. */
import type { Check } from './check.ts'
import { accepted, closeAnswered, pingAnswered } from './connection-checks.ts'
import { expectInterval, intervalOf, periodic } from './interval.ts'

const INTERVAL_MS = 30_000
/** The server drops a client after two pings without a pong; one more is given to servers that count otherwise. */
const DROPPED_AFTER = 4
const PINGS = 2

export const heartbeatChecks: readonly Check[] = [
  accepted,
  periodic(INTERVAL_MS, 2 * PINGS + 1, {
    name: 'a Ping arrives at the promised interval',
    async run(lab) {
      const peer = await lab.connect()
      const times = [peer.openedAtMs]
      while (times.length <= PINGS)
        times.push((await peer.next('a Ping', ({ kind }) => kind === 'ping')).atMs)
      // From the connection on: the first may come at once or after an interval.
      const first = times[1]! - times[0]! < intervalOf(lab, INTERVAL_MS) / 2 ? 1 : 0
      expectInterval(times.slice(first), intervalOf(lab, INTERVAL_MS))
    },
  }),
  periodic(INTERVAL_MS, 2 * DROPPED_AFTER, {
    name: 'a client that answers stays connected',
    async run(lab) {
      const peer = await lab.connect()
      for (let pings = 0; pings <= DROPPED_AFTER; pings++)
        await peer.next('another Ping', ({ kind }) => kind === 'ping')
    },
  }),
  periodic(INTERVAL_MS, DROPPED_AFTER + 1, {
    name: 'a client that does not answer is dropped',
    async run(lab) {
      const peer = await lab.connect({ pong: false })
      await peer.nextEnd('the end of the connection')
    },
  }),
  pingAnswered,
  closeAnswered,
]
