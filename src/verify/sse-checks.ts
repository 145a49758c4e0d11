/** The event stream: the time once a second, by server-sent events. */
import type { IncomingMessage } from 'node:http'
import { quote } from './arrival.ts'
import { type Check, expectSame, Mismatch, Unverifiable } from './check.ts'
import { EventStream } from './event-stream.ts'
import { expectAtOnce, expectInterval, intervalOf, periodic } from './interval.ts'
import type { Lab } from './lab.ts'

const INTERVAL_MS = 1000
const KEEP_ALIVE_MS = 1000
const COUNT = 3
const HOUR_MS = 3_600_000
const DATA = /^Current time: (\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)? ?(?:UTC|Z)$/

export const sseChecks: readonly Check[] = [
  {
    name: 'GET is answered with 200 and text/event-stream',
    async run(lab) {
      const response = await lab.openStream()
      const type = (response.headers['content-type'] ?? 'no content type').split(';')[0]!
      expectSame('HTTP 200, text/event-stream', `HTTP ${response.statusCode}, ${type.trim()}`)
    },
  },
  periodic(INTERVAL_MS, 1, {
    name: 'the first event comes at once',
    async run(lab) {
      // From the request on: the answer's head may come together with the first event.
      const startMs = performance.now()
      const { atMs } = await new EventStream(await open(lab)).nextEvent('an event')
      expectAtOnce(atMs - startMs, intervalOf(lab, INTERVAL_MS))
    },
  }),
  periodic(INTERVAL_MS, 1, {
    name: 'its data is "Current time: <UTC time>"',
    async run(lab) {
      const { data } = await new EventStream(await open(lab)).nextEvent('an event')
      const expected = `data "Current time: ${new Date().toISOString().slice(0, 19).replace('T', ' ')} UTC" or so`
      const [, day, time] = DATA.exec(data ?? '') ?? []
      const seenMs = Date.parse(`${day}T${time}Z`)
      // Clocks differ, time zones more.
      if (!(Math.abs(seenMs - Date.now()) < HOUR_MS))
        throw new Mismatch(expected, `data ${quote(data ?? '')}`)
    },
  }),
  periodic(INTERVAL_MS, 2 * COUNT, {
    name: 'the next events follow at the promised interval',
    async run(lab) {
      const stream = new EventStream(await open(lab))
      const times: number[] = []
      while (times.length <= COUNT) times.push((await stream.nextEvent('the next event')).atMs)
      expectInterval(times, intervalOf(lab, INTERVAL_MS))
    },
  }),
  periodic(INTERVAL_MS, 4, {
    name: 'a stream opened with Last-Event-ID goes on after it',
    async run(lab) {
      const first = new EventStream(await open(lab))
      await first.nextEvent('an event')
      const { id } = await first.nextEvent('a second event')
      if (id === null) throw new Unverifiable('the events have no id')
      const { id: next } = await new EventStream(await open(lab, id)).nextEvent(`an event after id ${id}`)
      const isAfter = next !== null && next !== id && !(Number(next) <= Number(id))
      if (!isAfter)
        throw new Mismatch(`an event after id ${id}`, next === null ? 'one without id' : `id ${quote(next)}`)
    },
  }),
  periodic(INTERVAL_MS, 2, {
    name: 'an idle stream gets the comment "keep-alive-text"',
    async run(lab) {
      const intervalMs = intervalOf(lab, INTERVAL_MS)
      if (intervalMs < 2 * KEEP_ALIVE_MS)
        throw new Unverifiable(`with an event every ${intervalMs} ms the stream is never idle for a second`)
      const stream = new EventStream(await open(lab))
      const expected = 'the comment "keep-alive-text" after the first event'
      await stream.nextEvent('an event')
      const { comment, data } = await stream.nextItem(expected)
      if (comment !== 'keep-alive-text')
        throw new Mismatch(
          expected,
          comment === null ? `data ${quote(data ?? '')}` : `comment ${quote(comment)}`,
        )
    },
  }),
]

async function open(lab: Lab, lastEventId: string | null = null): Promise<IncomingMessage> {
  const response = await lab.openStream(lastEventId === null ? {} : { 'last-event-id': lastEventId })
  if (response.statusCode !== 200) throw new Mismatch('HTTP 200', `HTTP ${response.statusCode}`)
  return response
}
