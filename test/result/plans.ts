/** Plans of fan-out and push tests, where a command line would say too much. */
import type { Plan } from '../../src/plan/plan.ts'
import { makePlan } from '../thresholds/make-plan.ts'

/** 1 publisher with a rate, 3 subscribers, all in one audience unless said otherwise. */
export const BROADCAST: Plan = {
  ...makePlan('broadcast'),
  groups: [
    ...makePlan('broadcast', { name: 'publishers', role: 'publisher', count: 1 }).groups,
    ...makePlan('push', { name: 'subscribers', role: 'subscriber', count: 3 }).groups,
  ],
  fanOut: { audience: 'room', rooms: 1 },
}

/** A closed loop on a server where every message reaches everyone. */
export const CHAT: Plan = { ...makePlan('throughput'), fanOut: { audience: 'everyone', rooms: 1 } }

/** Silent clients, a push each second. */
export const PUSH: Plan = {
  ...makePlan('push', { name: 'listeners', role: 'subscriber', count: 2 }),
  push: { everyUs: 1_000_000, by: 'message', atOnce: true },
}

export const FREE_PUSH: Plan = { ...PUSH, push: { everyUs: null, by: 'message', atOnce: false } }
