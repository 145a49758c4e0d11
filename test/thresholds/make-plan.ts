import type { Group, Plan, TestType } from '../../src/plan/plan.ts'

type Pacing = Group['pacing']

const OPEN_ONE_PER_SECOND: Pacing = {
  kind: 'open',
  stages: [{ fromPerSec: 100, toPerSec: 100, durationUs: 0 }],
  arrival: 'constant',
}

const PRESETS: Record<TestType, Pick<Group, 'pacing' | 'stop'>> = {
  throughput: { pacing: { kind: 'closed', inFlight: 1 }, stop: { messages: null, durationUs: 5_000_000 } },
  storm: { pacing: { kind: 'closed', inFlight: 1 }, stop: { messages: 1, durationUs: null } },
  broadcast: { pacing: OPEN_ONE_PER_SECOND, stop: { messages: null, durationUs: 10_000_000 } },
  push: { pacing: { kind: 'silent' }, stop: { messages: null, durationUs: 10_000_000 } },
  idle: { pacing: { kind: 'silent' }, stop: { messages: null, durationUs: 30_000_000 } },
  heartbeat: { pacing: { kind: 'silent' }, stop: { messages: null, durationUs: 120_000_000 } },
  capacity: { pacing: OPEN_ONE_PER_SECOND, stop: { messages: null, durationUs: 3_000_000 } },
  flow: { pacing: { kind: 'closed', inFlight: 1 }, stop: { messages: 1, durationUs: null } },
  reconnect: { pacing: OPEN_ONE_PER_SECOND, stop: { messages: null, durationUs: 30_000_000 } },
  leak: { pacing: { kind: 'closed', inFlight: 1 }, stop: { messages: 1, durationUs: null } },
  'slow-consumer': { pacing: OPEN_ONE_PER_SECOND, stop: { messages: null, durationUs: 20_000_000 } },
  sustained: { pacing: OPEN_ONE_PER_SECOND, stop: { messages: null, durationUs: 20_000_000 } },
}

/** The plan of a test type with one group, as the presets make it. */
export function makePlan(testType: TestType, group: Partial<Group> = {}, url = 'ws://127.0.0.1:9001'): Plan {
  return {
    testType,
    target: {
      urls: [url],
      headers: [],
      subprotocols: [],
      tls: { insecure: false, ca: null, cert: null, key: null },
      sourceIps: [],
      compress: false,
      tokens: [],
      serverPid: null,
      serverMetrics: null,
      command: null,
      serve: null,
      jwtSecret: null,
    },
    fanOut: null,
    push: null,
    transport: 'websocket',
    cut: null,
    leaving: null,
    groups: [
      {
        name: 'clients',
        role: 'main',
        count: 100,
        ...PRESETS[testType],
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
        ...group,
      },
    ],
    connect: { ratePerSec: null, concurrency: 250 },
    warmupUs: 0,
    cycles: 1,
    search: null,
    limits: {
      connectTimeoutUs: 10_000_000,
      replyTimeoutUs: 5_000_000,
      closeTimeoutUs: 2_000_000,
      maxMessageBytes: 16_777_216,
      maxUnfinishedBytes: 536_870_912,
      maxQueuedBytes: 1_048_576,
      checkUtf8: false,
    },
    workers: 1,
    forked: false,
    seed: 1,
  }
}
