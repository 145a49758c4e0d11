/** Servers that push JSON texts: notifications and the data feed. */
import { type Arrival, describeArrivals, isMessage, type Message } from './arrival.ts'
import { type Check, Mismatch } from './check.ts'
import { accepted, closeAnswered, pingAnswered } from './connection-checks.ts'
import { expectAtOnce, expectInterval, intervalOf, periodic } from './interval.ts'
import { isObject } from './json-shape.ts'

interface PushShape {
  /** How it is shown. */
  readonly shown: string
  readonly intervalMs: number
  /** Intervals that are measured. */
  readonly count: number
  /** Its values by key, or null when the text has another shape. */
  readonly read: (text: string) => { readonly timestamp: number; readonly value: number } | null
}

const HOUR_SEC = 3600

const NOTIFICATION: PushShape = {
  shown: '{"type":"info","message":"定时通知","timestamp":SECONDS}',
  intervalMs: 5000,
  count: 1,
  read(text) {
    const timestamp = /^\{"type":"info","message":"定时通知","timestamp":(\d+)\}$/.exec(text)?.[1]
    return timestamp === undefined ? null : { timestamp: Number(timestamp), value: 0 }
  },
}

const MEASUREMENT: PushShape = {
  shown: '{"timestamp":SECONDS,"value":0..100}',
  intervalMs: 1000,
  count: 3,
  read(text) {
    if (!/^\{"timestamp":\d+,"value":[\d.e-]+\}$/i.test(text)) return null
    const object = parse(text)
    return typeof object.timestamp === 'number' && typeof object.value === 'number'
      ? { timestamp: object.timestamp, value: object.value }
      : null
  },
}

export const notificationsChecks = makePushChecks(NOTIFICATION)

export const feedChecks: readonly Check[] = makePushChecks(MEASUREMENT, [
  periodic(MEASUREMENT.intervalMs, MEASUREMENT.count, {
    name: 'each value is between 0 and 100',
    async run(lab) {
      const peer = await lab.connect()
      for (let count = 0; count < 2; count++) {
        const message = await peer.nextMessage('a measurement')
        const value = readText(MEASUREMENT, message)?.value ?? 0
        if (value < 0 || value > 100) throw new Mismatch('a value of 0 to 100', describeArrivals([message]))
      }
    },
  }),
])

function makePushChecks(shape: PushShape, more: readonly Check[] = []): readonly Check[] {
  const { shown, intervalMs, count } = shape
  return [
    accepted,
    periodic(intervalMs, 1, {
      name: 'the first message comes at once',
      async run(lab) {
        const peer = await lab.connect()
        const { atMs } = await peer.nextMessage('a message')
        expectAtOnce(atMs - peer.openedAtMs, intervalOf(lab, intervalMs))
      },
    }),
    periodic(intervalMs, 1, {
      name: `its text is ${shown}`,
      async run(lab) {
        const peer = await lab.connect()
        const expected = `text ${shown}`
        const message = await peer.nextMessage(expected)
        if (readText(shape, message) === null) throw new Mismatch(expected, describeArrivals([message]))
      },
    }),
    periodic(intervalMs, 1, {
      name: 'its timestamp is the time in seconds',
      async run(lab) {
        const peer = await lab.connect()
        const message = await peer.nextMessage('a message')
        const object = parse(message.kind === 'text' ? message.text : '')
        const nowSec = Date.now() / 1000
        // Clocks differ, units more.
        if (typeof object.timestamp === 'number' && Math.abs(object.timestamp - nowSec) < HOUR_SEC) return
        throw new Mismatch(`a timestamp near ${Math.floor(nowSec)}`, describeArrivals([message]))
      },
    }),
    periodic(intervalMs, 2 * count, {
      name: 'the next follow at the promised interval',
      async run(lab) {
        const peer = await lab.connect()
        const times: number[] = []
        while (times.length <= count) times.push((await peer.nextMessage('the next message')).atMs)
        expectInterval(times, intervalOf(lab, intervalMs))
      },
    }),
    ...more,
    periodic(intervalMs, 1, {
      name: 'what a client sends is ignored',
      async run(lab) {
        const peer = await lab.connect()
        peer.send(lab.mark())
        peer.send(Buffer.from(lab.mark()))
        await lab.settle(peer)
        const wrong = peer.takeArrived().filter((arrival) => arrival.kind === 'end' || isReply(arrival))
        if (wrong.length > 0) throw new Mismatch(`nothing but ${shown}`, describeArrivals(wrong))
      },
    }),
    pingAnswered,
    closeAnswered,
  ]
}

/** A message that is none of the server's own, which have a timestamp in whatever shape. */
function isReply(arrival: Arrival): boolean {
  return isMessage(arrival) && (arrival.kind === 'binary' || parse(arrival.text).timestamp === undefined)
}

function readText(shape: PushShape, message: Message): ReturnType<PushShape['read']> {
  return message.kind === 'text' ? shape.read(message.text) : null
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}
