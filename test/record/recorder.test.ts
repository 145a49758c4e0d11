import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeRecorders, RECORDER_BYTES, Recorder } from '../../src/record/recorder.ts'
import { COUNTERS, TRENDS } from '../../src/record/series.ts'

const newRecorder = () => new Recorder(new ArrayBuffer(RECORDER_BYTES))

const eventArb = fc.oneof(
  fc.record({ counter: fc.constantFrom(...COUNTERS), by: fc.integer({ min: 1, max: 1e6 }) }),
  fc.record({ trend: fc.constantFrom(...TRENDS), us: fc.nat(70_000_000) }),
)
type Event =
  | { counter: (typeof COUNTERS)[number]; by: number }
  | { trend: (typeof TRENDS)[number]; us: number }

function play(events: readonly Event[], recorder = newRecorder()) {
  for (const event of events) {
    if ('counter' in event) recorder.add(event.counter, event.by)
    else recorder.trends[event.trend].record(event.us)
  }
  return recorder.snapshot()
}

it('merging snapshots is recording everything in one, however it was split and in whatever order', () => {
  const parts = fc.array(fc.array(eventArb, { maxLength: 15 }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(parts, (split) => {
      const merged = mergeRecorders(split.map((events) => play(events)))
      expect(merged).toEqual(play(split.flat()))
      expect(merged).toEqual(mergeRecorders(split.map((events) => play(events)).reverse()))
    }),
    { numRuns: 10 },
  )
})

describe('in shared memory', () => {
  it('what one side writes the other reads', () => {
    const memory = new SharedArrayBuffer(2 * RECORDER_BYTES)
    const writer = new Recorder(memory, RECORDER_BYTES)
    const reader = new Recorder(memory, RECORDER_BYTES)
    writer.add('messages_sent')
    writer.trends.service_time.record(77)
    expect(reader.get('messages_sent')).toBe(1)
    expect(reader.snapshot().trends.service_time).toMatchObject({ min: 77, max: 77 })
    expect(new Recorder(memory).snapshot()).toEqual(newRecorder().snapshot())
  })

  it('every counter and trend has a place of its own', () => {
    const recorder = newRecorder()
    for (const [index, name] of COUNTERS.entries()) recorder.add(name, index + 1)
    for (const [index, name] of TRENDS.entries()) recorder.trends[name].record(index + 1)
    const { counters, trends } = recorder.snapshot()
    expect(Object.values(counters)).toEqual(COUNTERS.map((_, index) => index + 1))
    expect(TRENDS.map((name) => trends[name]?.sum)).toEqual(TRENDS.map((_, index) => index + 1))
    expect(COUNTERS.map((name) => recorder.counters[Recorder.at[name]])).toEqual(Object.values(counters))
  })
})
