/** Plans and groups for tests of single parts, where a command line would say too much. */
import type { Group, Limits, Pacing } from '../../src/plan/plan.ts'

export const LIMITS: Limits = {
  connectTimeoutUs: 10_000_000,
  replyTimeoutUs: 5_000_000,
  closeTimeoutUs: 2_000_000,
  maxMessageBytes: 16_777_216,
  maxUnfinishedBytes: 536_870_912,
  maxQueuedBytes: 1_048_576,
  checkUtf8: false,
}

export function openPacing(perSec: number): Pacing {
  return {
    kind: 'open',
    stages: [{ fromPerSec: perSec, toPerSec: perSec, durationUs: 0 }],
    arrival: 'constant',
  }
}

export function makeGroup(change: Partial<Group> = {}): Group {
  return {
    name: 'main',
    role: 'main',
    count: 10,
    pacing: { kind: 'closed', inFlight: 1 },
    stop: { messages: null, durationUs: 10_000_000 },
    dialect: 'echo',
    payload: { kind: 'generated', sizeBytes: 32 },
    binary: false,
    onOpen: null,
    match: 'auto',
    flow: null,
    behaviour: {
      pong: true,
      read: 'all',
      slowAfterUs: null,
      close: 'polite',
      pingEveryUs: null,
      reconnect: null,
    },
    ...change,
  }
}
