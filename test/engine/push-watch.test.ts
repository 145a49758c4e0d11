import { describe, expect, test } from 'vitest'
import { PushWatch } from '../../src/engine/push-watch.ts'
import { RECORDER_BYTES, Recorder } from '../../src/record/recorder.ts'
import type { CounterName } from '../../src/record/series.ts'

interface Case {
  readonly everyUs: number | null
  readonly atOnce: boolean
  /** After the connection was open. */
  readonly pushesAtUs: readonly number[]
  readonly endAtUs: number
}

function watch({ everyUs, atOnce, pushesAtUs, endAtUs }: Case) {
  const recorder = new Recorder(new ArrayBuffer(RECORDER_BYTES))
  const watched = new PushWatch({ everyUs, by: 'message', atOnce }, recorder)
  const openUs = 5_000_000
  watched.open(openUs)
  for (const us of pushesAtUs) watched.receive(openUs + us)
  watched.end(openUs + endAtUs)
  watched.end(openUs + endAtUs + 1e9)
  const { first_push_time: first, push_interval: interval, push_jitter: jitter } = recorder.snapshot().trends
  // On a connection that is being closed.
  watched.receive(openUs + endAtUs + 1e9)
  const count = (name: CounterName) => recorder.get(name)
  return {
    counts: [count('pushes_expected'), count('pushes_received'), count('pushes_missed')],
    surplus: count('pushes_surplus'),
    firstUs: first?.max ?? null,
    intervalUs: interval === null ? null : [interval.min, interval.max],
    jitterUs: jitter?.max ?? null,
  }
}

describe('pushes of one connection', () => {
  const at = (...pushesAtUs: number[]) => ({ everyUs: 1000, atOnce: true, pushesAtUs })

  test.each<[string, Case, number[]]>([
    ['all come', { ...at(10, 1010, 2010), endAtUs: 2500 }, [3, 3, 0]],
    ['one is left out', { ...at(10, 2010, 3010), endAtUs: 3500 }, [4, 3, 1]],
    ['two in a row are left out', { ...at(10, 3010), endAtUs: 3500 }, [4, 2, 2]],
    ['the first ones do not come', { ...at(2010), endAtUs: 2500 }, [3, 1, 2]],
    ['the last ones do not come', { ...at(10), endAtUs: 2900 }, [3, 1, 2]],
    ['the last one may be under way', { ...at(10, 1010), endAtUs: 2400 }, [2, 2, 0]],
    ['none comes', { ...at(), endAtUs: 2900 }, [3, 0, 3]],
    ['they come late, but they come', { ...at(400, 1450, 2300), endAtUs: 2500 }, [3, 3, 0]],
    ['one comes so late that the next is close behind', { ...at(10, 1710, 2010), endAtUs: 2500 }, [3, 3, 0]],
    ['two come together after a stall', { ...at(10, 3005, 3006, 3010), endAtUs: 3400 }, [4, 4, 0]],
    ['the first is due after an interval', { ...at(1010, 2010), atOnce: false, endAtUs: 2500 }, [2, 2, 0]],
    ['it ends before the first is due', { ...at(), atOnce: false, endAtUs: 500 }, [0, 0, 0]],
    ['no interval is promised', { ...at(10, 5000), everyUs: null, endAtUs: 9000 }, [0, 2, 0]],
  ])('%s', (_, given, counts) => {
    expect(watch(given).counts).toEqual(counts)
  })

  test('the first is timed from the open connection, the others from the one before, jitter from the promise', () => {
    expect(watch({ ...at(40, 1090, 2010), endAtUs: 2500 })).toMatchObject({
      firstUs: 40,
      intervalUs: [920, 1050],
      jitterUs: 80,
    })
  })

  test('a gap that is a multiple of the interval is no jitter: it is missed pushes', () => {
    expect(watch({ ...at(0, 3005), endAtUs: 3500 })).toMatchObject({ jitterUs: 5 })
  })

  test.each([
    [[10, 1010, 2010], 0],
    [[10, 1010, 1650, 2010], 1],
    [[10, 11, 1010, 1011, 2010, 2011], 3],
    [[10, 11, 12, 13], 3],
    [[10, 2010, 2011, 2012], 1],
  ])('%j has a surplus of %d', (pushesAtUs, surplus) => {
    expect(watch({ ...at(...pushesAtUs), endAtUs: 2500 }).surplus).toBe(surplus)
  })

  test('without a promise there is no jitter', () => {
    expect(watch({ ...at(0, 700), everyUs: null, endAtUs: 900 }).jitterUs).toBeNull()
  })
})
