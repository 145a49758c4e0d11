import { describe, expect, it } from 'vitest'
import type { ShardIo } from '../../src/engine/group-run.ts'
import type { Link } from '../../src/engine/link.ts'
import { PingWatch } from '../../src/engine/ping-watch.ts'
import { Failures } from '../../src/record/failures.ts'
import { RECORDER_BYTES, Recorder } from '../../src/record/recorder.ts'

function start() {
  const recorder = new Recorder(new ArrayBuffer(RECORDER_BYTES))
  const failures = new Failures()
  const io = { outstanding: 0 } as ShardIo
  const payloads: Buffer[] = []
  const link = { ping: (payload: Buffer) => payloads.push(payload) } as unknown as Link
  const watch = new PingWatch(recorder, failures, io)
  return {
    watch,
    io,
    failures,
    /** Due at that time, and sent 5 µs late. */
    send: (us: number) => watch.send(link, us, us + 5),
    pong: (index: number, us: number) => watch.receive(payloads[index]!, 0, payloads[index]!.length, us),
    counts: () =>
      ['pings_sent', 'pongs_received', 'pings_lost'].map((name) => recorder.get(name as 'pings_sent')),
    times: (name: 'ping_time' | 'ping_service_time' | 'ping_lag') => {
      const trend = recorder.snapshot().trends[name]
      return trend === null ? null : [trend.min, trend.max]
    },
  }
}

describe('the pings of a client', () => {
  it('are timed from the due time, and from the actual send', () => {
    const { send, pong, counts, times, io } = start()
    send(1000)
    pong(0, 1105)
    expect(counts()).toEqual([1, 1, 0])
    expect([times('ping_time'), times('ping_service_time'), times('ping_lag')]).toEqual([
      [105, 105],
      [100, 100],
      [5, 5],
    ])
    expect(io.outstanding).toBe(0)
  })

  it('are all answered by one pong to the last of them', () => {
    const { send, pong, counts, times } = start()
    send(1000)
    send(2000)
    send(3000)
    pong(1, 3100)
    expect([counts(), times('ping_time')]).toEqual([
      [3, 2, 0],
      [1100, 2100],
    ])
  })

  it('are lost after the timeout, and when the connection ends; a pong then is nothing', () => {
    const { watch, send, pong, counts, failures, io } = start()
    send(1000)
    send(5000)
    watch.sweep(6010, 5000)
    expect([counts(), io.outstanding]).toEqual([[2, 0, 1], 1])
    pong(0, 6020)
    watch.end(6030)
    expect([counts(), io.outstanding]).toEqual([[2, 0, 2], 0])
    expect(failures.list()).toMatchObject([{ class: 'no-pong', count: 2 }])
  })

  it('that are under way when a run is interrupted are neither', () => {
    const { watch, send, counts, io } = start()
    send(1000)
    watch.abandon()
    expect([counts(), io.outstanding]).toEqual([[0, 0, 0], 0])
  })

  it('are not answered by what nobody asked for', () => {
    const { watch, send, counts } = start()
    send(1000)
    watch.receive(Buffer.alloc(4, 7), 0, 4, 1100)
    watch.receive(Buffer.alloc(0), 0, 0, 1100)
    expect(counts()).toEqual([1, 0, 0])
  })
})
