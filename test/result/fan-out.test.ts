/** Fan-out: deliveries balance, and every figure of them by its definition. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Measurements } from '../../src/result/measurements.ts'
import type { TestResult } from '../../src/result/run-result.ts'
import { deriveFrom, LOAD, type Recorded } from './measure.ts'
import { BROADCAST, CHAT } from './plans.ts'

/** What the publisher's and the subscribers' recorders hold. */
function derive(recorded: Recorded, change: Partial<Measurements> = {}): TestResult {
  return deriveFrom(BROADCAST, [recorded, {}], change)
}

const times = (count: number, us: number) => Array<number>(count).fill(us)
const figureOf = (test: TestResult, name: string) => {
  const metric = test.metrics[name]
  return metric?.type === 'counter' ? metric.count : metric?.type === 'trend' ? undefined : metric?.value
}
const errorsOf = (test: TestResult) => Object.fromEntries(test.errors.map((row) => [row.class, row.count]))

describe('deliveries', () => {
  it('balance: received and lost are what was expected', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), (received, lost) => {
        const test = derive({ deliveries_expected: received + lost, deliveries_received: received })
        expect(figureOf(test, 'deliveries_lost')).toBe(lost)
        expect(errorsOf(test)['delivery-lost'] ?? 0).toBe(lost)
      }),
      { numRuns: 30 },
    )
  })

  it.each<[what: string, recorded: Recorded, name: string, value: number | null]>([
    ['reach', { deliveries_expected: 400, deliveries_received: 300 }, 'delivery_ratio', 0.75],
    ['reach of nothing', {}, 'delivery_ratio', null],
    ['amplification', { messages_sent: 100, deliveries_received: 375 }, 'amplification', 3.75],
    ['amplification of nothing', {}, 'amplification', null],
    // A late one is not among the received ones, so it is lost.
    ['lost', { deliveries_expected: 10, deliveries_received: 8, deliveries_late: 1 }, 'deliveries_lost', 2],
    ['lost, more came than were expected', { deliveries_received: 5 }, 'deliveries_lost', 0],
  ])('%s', (_, recorded, name, value) => {
    expect(figureOf(derive(recorded), name)).toBe(value)
  })

  it('a second are those that came within the hold', () => {
    const { metrics } = derive({ deliveries_received: 1010, deliveries_in_hold: 1000 })
    expect(metrics.deliveries_received).toMatchObject({ count: 1010, rate: 500 })
  })

  it('of an interrupted run: what is missing is not known to be lost', () => {
    const recorded = {
      messages_sent: 100,
      deliveries_expected: 400,
      deliveries_received: 390,
      delivery_time: times(390, 700),
    }
    const test = derive(recorded, { status: 'aborted' })
    expect(figureOf(test, 'deliveries_lost')).toBeNull()
    expect(test.metrics.delivery_ratio).toMatchObject({ value: null, numerator: 390, denominator: 400 })
    expect(test.metrics.delivery_time).toMatchObject({ lost: 0 })
    expect(test.metrics.last_delivery_time).toMatchObject({ lost: 0 })
    expect(errorsOf(test)).toEqual({})
    expect(test.warnings).toContainEqual({
      code: 'cut-off',
      message: '10 deliveries were lost or under way when the run was interrupted',
    })
  })

  it('of an interrupted run that has them all: none is lost', () => {
    const recorded = { deliveries_expected: 400, deliveries_received: 400 }
    const test = derive(recorded, { status: 'aborted' })
    expect(figureOf(test, 'deliveries_lost')).toBe(0)
    expect(figureOf(test, 'delivery_ratio')).toBe(1)
    expect(test.warnings).toEqual([])
  })
})

describe('delivery times', () => {
  it('have the lost deliveries above every sample', () => {
    const test = derive({
      messages_sent: 100,
      deliveries_expected: 1000,
      deliveries_received: 980,
      delivery_time: times(980, 700),
      last_delivery_time: times(80, 900),
    })
    expect(test.metrics.delivery_time).toMatchObject({ count: 980, lost: 20, p95: 700, p99: null })
    expect(test.metrics.delivery_time).toMatchObject({ marks: { p99: 'timeout' } })
    // 20 messages that somebody never got.
    expect(test.metrics.last_delivery_time).toMatchObject({ count: 80, lost: 20, p50: 900, p90: null })
  })

  it('have an audience of usual size above them for each message that was not sent', () => {
    const test = derive({
      messages_sent: 100,
      messages_unsent_full: 2,
      messages_unsent_closed: 1,
      deliveries_expected: 400,
      deliveries_received: 400,
      delivery_time: times(400, 700),
      last_delivery_time: times(100, 900),
    })
    expect(test.metrics.delivery_time).toMatchObject({ lost: 12 })
    expect(test.metrics.last_delivery_time).toMatchObject({ lost: 3 })
    expect(figureOf(test, 'deliveries_lost')).toBe(0)
  })

  it('of a message that reached everybody are complete, whatever was recorded of its last one', () => {
    const test = derive({ messages_sent: 100, deliveries_expected: 400, deliveries_received: 400 })
    expect(test.metrics.last_delivery_time).toMatchObject({ count: 0, lost: 0 })
  })
})

describe('errors of fan-out', () => {
  it('are lost and misrouted deliveries over those expected, misrouted and unsent, and connections', () => {
    const { metrics } = derive({
      connections_attempted: 4,
      connections_opened: 3,
      connections_failed: 1,
      connections_closed: 1,
      messages_due: 105,
      messages_sent: 100,
      messages_unsent_closed: 5,
      messages_received: 95,
      // The publisher's own copies that did not come are among the lost deliveries, and not counted twice.
      messages_lost: 5,
      messages_duplicated: 9,
      messages_misrouted: 2,
      deliveries_expected: 400,
      deliveries_received: 390,
    })
    expect(metrics.error_ratio).toMatchObject({
      numerator: 10 + 2 + 5 + 1 + 1,
      denominator: 400 + 2 + 5 + 4,
    })
  })

  it('never are more than everything', () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.nat(1000),
        fc.nat(5000),
        fc.nat(100),
        (received, lost, misrouted, unsent) => {
          const { metrics } = derive({
            messages_misrouted: misrouted,
            messages_unsent_full: unsent,
            deliveries_expected: received + lost,
            deliveries_received: received,
          })
          expect(metrics.error_ratio).toMatchObject({ numerator: lost + misrouted + unsent })
          const { value } = metrics.error_ratio as { value: number | null }
          expect(value ?? 0).toBeLessThanOrEqual(1)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('are listed by class: own copies that did not come are lost deliveries, with their time', () => {
    const test = derive(
      {
        deliveries_expected: 400,
        deliveries_received: 390,
        messages_lost: 5,
        messages_duplicated: 3,
        messages_misrouted: 2,
      },
      {
        failures: [
          { class: 'no-reply', detail: '', count: 4, ends: 0, firstAtUs: 3_000_000 },
          { class: 'connection-ended', detail: '', count: 1, ends: 0, firstAtUs: 2_500_000 },
          { class: 'dropped-lagging', detail: '', count: 1, ends: 1, firstAtUs: 2_000_000 },
        ],
      },
    )
    expect(test.errors).toEqual([
      { class: 'delivery-lost', detail: '', count: 10, firstAtUs: 1_500_000 },
      { class: 'duplicate-delivery', detail: '', count: 3, firstAtUs: null },
      { class: 'misrouted', detail: '', count: 2, firstAtUs: null },
      { class: 'dropped-lagging', detail: '', count: 1, firstAtUs: 1_000_000 },
    ])
  })

  it('of an interrupted run keep the own copies that timed out', () => {
    const test = derive(
      { deliveries_expected: 400, deliveries_received: 390 },
      { status: 'aborted', failures: [{ class: 'no-reply', detail: '', count: 4, ends: 0, firstAtUs: 3e6 }] },
    )
    expect(errorsOf(test)).toEqual({ 'no-reply': 4 })
  })
})

describe('what a plan cannot have', () => {
  const FAN_OUT = [
    'delivery_time',
    'last_delivery_time',
    'delivery_ratio',
    'amplification',
    'messages_misrouted',
  ]

  it('is not in its result', () => {
    const plain = deriveFrom({ ...CHAT, fanOut: null }, [{}]).metrics
    for (const name of [...FAN_OUT, 'deliveries_lost', 'push_interval', 'pushes_missed', 'reconnects'])
      expect(plain).not.toHaveProperty(name)
    for (const name of FAN_OUT) expect(derive({}).metrics).toHaveProperty(name)
    expect(derive({}).metrics).not.toHaveProperty('pushes_received')
  })

  it('nor what balances only for all groups together in the figures of one', () => {
    const names = Object.keys(derive({ deliveries_expected: 4, deliveries_received: 4 }).metrics)
    expect(names).toContain('response_time{group=publishers}')
    expect(names).toContain('deliveries_received{group=subscribers}')
    for (const name of ['delivery_time', 'deliveries_lost', 'delivery_ratio', 'error_ratio'])
      expect(names).not.toContain(`${name}{group=subscribers}`)
  })
})

describe('a closed loop whose messages reach everyone', () => {
  it('keeps the replies to the senders beside the deliveries', () => {
    const test = deriveFrom(CHAT, [
      { messages_sent: 10, service_time: times(10, 600), delivery_time: times(40, 800), replies_in_hold: 10 },
    ])
    expect(test.metrics.response_time).toMatchObject({ count: 10, p50: 600 })
    expect(test.metrics.delivery_time).toMatchObject({ count: 40, p50: 800 })
    expect(test.metrics.messages_received).toMatchObject({ rate: 5 })
    expect(test.published[0]).toMatchObject({ comparable: false })
    expect(test.published[0]?.differences).toContain('fan-out, not echo')
  })
})

describe('validity of fan-out', () => {
  it('holds the pacer lag against the delivery time', () => {
    const recorded = (deliveryUs: number): Recorded => ({
      messages_due: 200,
      messages_sent: 200,
      pacer_lag: times(200, 3000),
      response_time: times(200, 100),
      delivery_time: times(800, deliveryUs),
      deliveries_expected: 800,
      deliveries_received: 800,
    })
    expect(derive(recorded(14_000)).validity).toMatchObject({ state: 'valid' })
    expect(derive(recorded(10_000)).validity.reasons.map(({ code }) => code)).toEqual(['pacer-late'])
  })

  it('is limited by a generator that is too slow to receive', () => {
    const holdLoad = {
      ...LOAD,
      loopBusy: 0.97,
      generatorCpuPercent: 97,
      serverCpuPercent: 20,
      serverBusiestThreadPercent: 20,
    }
    const seen = { holdLoad, serverVisible: true, serverCores: 2 }
    expect(derive({}, seen).validity).toMatchObject({ state: 'generator-limited', limitedBy: 'generator' })
  })
})
