/** The test types: what each fills in where nothing was said, and which options mean nothing to it. */

import type { TestChoice } from './option-parsers.ts'
import type { OptionName } from './option-table.ts'
import type { Role, Stop, TestType } from './plan.ts'

export interface Preset {
  /** The groups when a scenario names none. */
  readonly roles: readonly Role[]
  /** Rate of each connection when no rate was given; null: closed, a message at a time. */
  readonly messageRatePerSec: number | null
  /** Nothing is sent. */
  readonly isSilent?: true
  readonly stop: Stop
  readonly warmupUs: number
  /** A mistake when asked for on its own. */
  readonly refuses: readonly OptionName[]
  /** Within `all` they belong to another test. */
  readonly leavesInAll: readonly OptionName[]
  /** What to do instead of a refused option. */
  readonly insteadExample: string
}

const SECOND_US = 1_000_000
/** What is sent, and when. */
const SENDING = [
  'messages',
  'rate',
  'messageRate',
  'arrival',
  'inFlight',
  'size',
  'payload',
  'match',
] as const
const FLOW_ONLY = ['flow', 'data', 'dataMode', 'var', 'flowTimeout'] as const
const SEARCH_ONLY = ['find', 'from', 'upTo', 'precision', 'repeats'] as const
const FAN_OUT_ONLY = ['publishers', 'subscribers', ...SEARCH_ONLY] as const
/** Of one test type that asks how a server treats its clients. */
const HEARTBEAT_ONLY = ['silentShare'] as const
const RECONNECT_ONLY = ['reconnect', 'jitter', 'maxRetries', 'cut', 'cutAfter', 'restartCommand'] as const
const LEAK_ONLY = ['leave', 'countUrl', 'countPath'] as const
const SLOW_ONLY = ['slowShare', 'slowRead'] as const
const SPECIAL = [...HEARTBEAT_ONLY, ...RECONNECT_ONLY, ...LEAK_ONLY, ...SLOW_ONLY] as const

const NOT_OF_STORMS = [
  ...FLOW_ONLY,
  ...FAN_OUT_ONLY,
  ...SPECIAL,
  'duration',
  'rate',
  'messageRate',
  'arrival',
  'inFlight',
  'warmup',
  'pingInterval',
  'ignorePings',
] as const

export const PRESETS: Readonly<Record<TestType, Preset>> = {
  throughput: {
    roles: ['main'],
    messageRatePerSec: null,
    stop: { messages: null, durationUs: 5 * SECOND_US },
    warmupUs: SECOND_US,
    refuses: [...FLOW_ONLY, ...FAN_OUT_ONLY, ...SPECIAL],
    leavesInAll: [...FAN_OUT_ONLY, ...SPECIAL, 'duration', 'rate', 'messageRate', 'arrival'],
    insteadExample: '',
  },
  storm: {
    roles: ['main'],
    messageRatePerSec: null,
    stop: { messages: 1, durationUs: null },
    warmupUs: 0,
    refuses: NOT_OF_STORMS,
    leavesInAll: NOT_OF_STORMS,
    insteadExample: '--test-type sustained --connect-rate 200/s',
  },
  sustained: {
    roles: ['main'],
    messageRatePerSec: 1,
    stop: { messages: null, durationUs: 60 * SECOND_US },
    warmupUs: 0,
    refuses: [...FLOW_ONLY, ...FAN_OUT_ONLY, ...SPECIAL, 'inFlight'],
    leavesInAll: [...FAN_OUT_ONLY, ...SPECIAL, 'inFlight'],
    insteadExample: '--test-type throughput --duration 60s --in-flight 4',
  },
  broadcast: {
    roles: ['publisher', 'subscriber'],
    messageRatePerSec: 10,
    stop: { messages: null, durationUs: 10 * SECOND_US },
    warmupUs: 0,
    refuses: [...FLOW_ONLY, 'inFlight', 'payload', 'match', ...SPECIAL, ...SEARCH_ONLY],
    leavesInAll: [],
    insteadExample: '--test-type throughput --dialect chat-json',
  },
  push: {
    roles: ['subscriber'],
    messageRatePerSec: null,
    stop: { messages: null, durationUs: 10 * SECOND_US },
    warmupUs: 0,
    refuses: [...FLOW_ONLY, ...FAN_OUT_ONLY, ...SPECIAL, ...SENDING, 'warmup', 'rooms'],
    leavesInAll: [],
    insteadExample: '--test-type broadcast',
  },
  idle: {
    roles: ['main'],
    messageRatePerSec: null,
    isSilent: true,
    stop: { messages: null, durationUs: 30 * SECOND_US },
    warmupUs: 0,
    refuses: [...FLOW_ONLY, ...FAN_OUT_ONLY, ...SPECIAL, ...SENDING, 'warmup', 'rooms'],
    leavesInAll: [],
    insteadExample: '--test-type sustained',
  },
  heartbeat: {
    roles: ['main'],
    messageRatePerSec: null,
    isSilent: true,
    stop: { messages: null, durationUs: 120 * SECOND_US },
    warmupUs: 0,
    refuses: [...FLOW_ONLY, ...FAN_OUT_ONLY, ...RECONNECT_ONLY, ...LEAK_ONLY, ...SENDING, 'warmup', 'rooms'],
    leavesInAll: [],
    insteadExample: '--test-type sustained',
  },
  capacity: {
    roles: ['main'],
    messageRatePerSec: 1,
    stop: { messages: null, durationUs: 3 * SECOND_US },
    warmupUs: SECOND_US,
    refuses: [
      ...FLOW_ONLY,
      ...SPECIAL,
      'publishers',
      'subscribers',
      'messages',
      'rate',
      'inFlight',
      'cycles',
      'connectRate',
      'rooms',
    ],
    leavesInAll: [],
    insteadExample: '--find rate --from 500/s --up-to 20k/s',
  },
  flow: {
    roles: ['main'],
    messageRatePerSec: null,
    stop: { messages: 1, durationUs: null },
    warmupUs: 0,
    // A flow says itself what is sent, and what is waited for.
    refuses: [
      ...FAN_OUT_ONLY,
      ...SPECIAL,
      'inFlight',
      'size',
      'payload',
      'onOpen',
      'binary',
      'match',
      'rooms',
      'pushInterval',
      'pingInterval',
    ],
    leavesInAll: [],
    insteadExample: '--test-type throughput',
  },
  reconnect: {
    roles: ['main'],
    messageRatePerSec: 1,
    stop: { messages: null, durationUs: 30 * SECOND_US },
    warmupUs: 0,
    refuses: [
      ...FLOW_ONLY,
      ...FAN_OUT_ONLY,
      ...HEARTBEAT_ONLY,
      ...LEAK_ONLY,
      ...SLOW_ONLY,
      'inFlight',
      'messages',
      'rate',
      'warmup',
      'rooms',
    ],
    leavesInAll: [],
    insteadExample: '--test-type sustained --rate 1k/s',
  },
  leak: {
    roles: ['main'],
    messageRatePerSec: null,
    stop: { messages: 1, durationUs: null },
    warmupUs: 0,
    refuses: [
      ...FLOW_ONLY,
      ...FAN_OUT_ONLY,
      ...HEARTBEAT_ONLY,
      ...RECONNECT_ONLY,
      ...SLOW_ONLY,
      'duration',
      'rate',
      'messageRate',
      'arrival',
      'inFlight',
      'warmup',
    ],
    leavesInAll: [],
    insteadExample: '--test-type leak --cycles 50 --messages 10',
  },
  'slow-consumer': {
    roles: ['publisher', 'subscriber'],
    messageRatePerSec: 50,
    stop: { messages: null, durationUs: 20 * SECOND_US },
    warmupUs: 0,
    refuses: [
      ...FLOW_ONLY,
      ...HEARTBEAT_ONLY,
      ...RECONNECT_ONLY,
      ...LEAK_ONLY,
      ...SEARCH_ONLY,
      'messages',
      'cycles',
      'inFlight',
      'payload',
      'match',
      'warmup',
      'compress',
    ],
    leavesInAll: [],
    insteadExample: '--test-type broadcast',
  },
}

const SUSTAINED_IN_ALL: Preset = {
  ...PRESETS.sustained,
  stop: { messages: null, durationUs: 20 * SECOND_US },
}

/** The tests of a choice in the order in which they run, each with its preset. */
export function listTests(choice: TestChoice): readonly (readonly [TestType, Preset])[] {
  if (choice !== 'all') return [[choice, PRESETS[choice]]]
  return [
    ['throughput', PRESETS.throughput],
    ['storm', PRESETS.storm],
    ['sustained', SUSTAINED_IN_ALL],
  ]
}

/** Options of which one group can have only one. In `all` a rate and `--in-flight` go to different tests. */
export function listExclusive(choice: TestChoice): readonly (readonly OptionName[])[] {
  const pace: readonly OptionName[] =
    choice === 'all' ? ['rate', 'messageRate'] : ['rate', 'messageRate', 'inFlight']
  return [pace, ['size', 'payload'], ['url', 'serve'], ['token', 'jwtSecret']]
}
