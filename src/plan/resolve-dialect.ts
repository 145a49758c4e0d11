/** How a group speaks: its dialect, whether that goes with the test, and what of the plan follows from it. */
import type { Dialect, PushPromise } from '../dialects/dialect.ts'
import { isDialectPath, resolveDialectPath } from '../dialects/load-dialect.ts'
import { findDialect, isObjectDialect } from '../dialects/registry.ts'
import type { Mistake } from '../errors.ts'
import { leastSizeBytes } from './matching.ts'
import type { OptionName } from './option-table.ts'
import { type FanOut, type Group, isFanOutTest, type Plan, type Push, type TestType } from './plan.ts'
import { PRESETS } from './presets.ts'
import { describeConflict, type Layer } from './settings.ts'

/** A dialect of the user's own that has to be loaded before the plan can be made. */
export class DialectNotLoaded extends Error {
  readonly path: string
  readonly where: string

  constructor(path: string, where: string) {
    super(`${path} is not loaded`)
    this.path = path
    this.where = where
  }
}

const DEFAULT_SIZE_BYTES = 32

/**
 * The dialect that was asked for, else that of the demo server that was asked for, else the usual one of the test.
 * @throws DialectNotLoaded
 */
export function chooseDialect({ settings }: Layer, testType: TestType): Dialect {
  const { dialect, serve, rooms } = settings
  const name =
    dialect?.value ??
    serve?.value[0] ??
    (isFanOutTest(testType) ? broadcastName(rooms?.value) : USUAL[testType])
  if (!isDialectPath(name)) return findDialect(name) ?? findDialect('echo')!
  const path = resolveDialectPath(name, dialect?.folder)
  const found = findDialect(path)
  if (found === undefined) throw new DialectNotLoaded(path, dialect?.where ?? '--dialect')
  return found
}

const USUAL: Readonly<Record<TestType, string>> = {
  throughput: 'echo',
  storm: 'echo',
  sustained: 'echo',
  broadcast: 'broadcast',
  capacity: 'echo',
  push: 'feed',
  idle: 'echo',
  heartbeat: 'heartbeat',
  flow: 'echo',
  reconnect: 'echo',
  leak: 'echo',
  'slow-consumer': 'broadcast',
}

function broadcastName(rooms = 1): string {
  return rooms > 1 ? 'rooms' : 'broadcast'
}

/** Name under which findDialect() finds it again, in every thread. */
export function nameOfDialect({ settings }: Layer, dialect: Dialect): string {
  const asked = settings.dialect
  if (asked === undefined) return dialect.name
  if (isObjectDialect(asked.value)) return asked.value
  if (!isDialectPath(asked.value)) return dialect.name
  return resolveDialectPath(asked.value, asked.folder)
}

/** Bytes of a generated message when no size is asked for. */
export function usualSizeBytes(dialect: Dialect, rooms: number): number {
  return Math.max(DEFAULT_SIZE_BYTES, leastSizeBytes(dialect, rooms))
}

/** What a dialect cannot do in that test, or with those options. */
export function checkDialect(
  dialect: Dialect,
  testType: TestType,
  { settings, given }: Layer,
  mistakes: Mistake[],
): void {
  const refuse = (name: OptionName, problem: string, accepted: string, example: string): void => {
    const setting = (settings[name] ?? { text: '', where: '--dialect' }) as { text: string; where: string }
    mistakes.push(describeConflict(name, setting, problem, accepted, example))
  }
  const { name, audience } = dialect
  if (testType === 'flow') {
    if (dialect.transport === 'event-stream') {
      const problem = `${name} is an event stream, and a flow speaks over a WebSocket`
      refuse('dialect', problem, 'a dialect of WebSockets', '--dialect momentum')
    }
    return
  }
  if (isFanOutTest(testType) && (audience === 'sender' || audience === 'nobody')) {
    refuse(
      'dialect',
      `${name} brings a message to no audience, so there is no fan-out`,
      'a dialect with an audience, such as broadcast, rooms or chat-json',
      '--dialect rooms',
    )
  }
  if (testType === 'push' && dialect.push === undefined) {
    refuse(
      'dialect',
      `${name} pushes nothing by itself`,
      'feed, notifications, sse or heartbeat',
      '--dialect feed',
    )
  }
  const isSilent = holdsOnly(testType, dialect)
  if (testType !== 'push' && !isSilent && audience === 'nobody') {
    refuse('dialect', `${name} only pushes, so nothing can be sent to it`, 'a push test', '--test-type push')
  }
  // A copy at another client is told by the mark that only a generated message has.
  if (
    !isFanOutTest(testType) &&
    testType !== 'push' &&
    !isSilent &&
    (audience === 'everyone' || audience === 'room')
  ) {
    for (const option of ['payload', 'match'] as const) {
      if (settings[option] === undefined) continue
      const problem = `cannot go with the dialect ${name}, whose messages are followed to all who get them`
      refuse(option, problem, 'messages of the dialect, or a dialect of your own', '--dialect ./mine.mjs')
    }
  }
  if (given.has('rooms') && (settings.rooms?.value ?? 1) > 1 && audience !== 'room') {
    refuse('rooms', `means nothing to the dialect ${name}`, 'a dialect with rooms', '--dialect rooms')
  }
  if (settings.binary?.value === true && dialect.frames === 'text') {
    refuse(
      'binary',
      `cannot go with the dialect ${name}, which is text`,
      'text frames',
      '--dialect echo --binary',
    )
  }
  if (dialect.transport === 'event-stream') {
    for (const option of ['pingInterval', 'ignorePings'] as const) {
      if (settings[option] === undefined) continue
      refuse(option, 'is for WebSockets, and this is an event stream', 'without it', '--dialect feed')
    }
    if (testType === 'heartbeat' || testType === 'reconnect') {
      const why = testType === 'heartbeat' ? 'which has no pings' : 'which comes back by its own rules'
      const problem = `${name} is an event stream, ${why}`
      refuse('dialect', problem, 'a dialect of WebSockets', '--dialect heartbeat')
    }
  }
  if (settings.compress?.value === true && dialect.transport === 'event-stream') {
    refuse('compress', 'is for WebSockets, and this is an event stream', 'without it', '--dialect sse')
  }
}

/** Connections are held, and nothing is sent: whom a message would reach does not matter. */
export function holdsOnly(testType: TestType, { audience }: Dialect): boolean {
  if (testType === 'reconnect') return audience !== 'sender'
  return PRESETS[testType].isSilent === true
}

/** What of the plan follows from its groups' dialects. */
export function deriveTraffic(
  testType: TestType,
  groups: readonly Group[],
  rooms: number,
  pushIntervalUs: number | null,
): Pick<Plan, 'fanOut' | 'push' | 'transport'> {
  const dialects = groups.map((group) => findDialect(group.dialect)!)
  const audience = dialects[0]?.audience
  const push = dialects[0]?.push
  // Where nobody sends, nothing goes to an audience.
  const sends = groups.some(({ pacing }) => pacing.kind !== 'silent')
  return {
    fanOut: sends && (audience === 'everyone' || audience === 'room') ? makeFanOut(audience, rooms) : null,
    push:
      testType === 'heartbeat'
        ? makePings(pushIntervalUs)
        : push === undefined
          ? null
          : makePush(push, pushIntervalUs),
    transport: dialects[0]?.transport ?? 'websocket',
  }
}

function makeFanOut(audience: FanOut['audience'], rooms: number): FanOut {
  return { audience, rooms: audience === 'room' ? rooms : 1 }
}

/** The server's pings are what is listened for; their interval is found out, unless it was said. */
function makePings(intervalUs: number | null): Push {
  return { everyUs: intervalUs, by: 'ping', atOnce: false }
}

function makePush(push: PushPromise, intervalUs: number | null): Push {
  return { everyUs: intervalUs ?? push.everyUs, by: push.by, atOnce: push.atOnce ?? true }
}
