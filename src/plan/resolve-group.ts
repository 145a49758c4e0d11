/** One group of virtual clients from its options and the preset of its test. */

import type { Dialect } from '../dialects/dialect.ts'
import type { Mistake } from '../errors.ts'
import { DEFAULT_CONNECTIONS } from './heartbeat-groups.ts'
import { leastSizeBytes, matchesBySequence, patternOf } from './matching.ts'
import type { OptionName } from './option-table.ts'
import { findPlaceholders, MESSAGE_PLACEHOLDERS } from './placeholders.ts'
import {
  type Behaviour,
  type Group,
  isFanOutTest,
  type Pacing,
  type Payload,
  type Role,
  type Stop,
  type TestType,
} from './plan.ts'
import type { Preset } from './presets.ts'
import { needsHoldLength, type RateStage, scheduleLengthUs, toStages } from './rate-schedule.ts'
import { type ReadFile, readTextSource } from './read-source.ts'
import { resolveRetry } from './reconnect-groups.ts'
import { checkDialect, chooseDialect, holdsOnly, nameOfDialect, usualSizeBytes } from './resolve-dialect.ts'
import { type Environment, resolveFlow } from './resolve-flow.ts'
import { describeConflict, type Layer } from './settings.ts'
import { SLOW } from './slow-groups.ts'

export interface GroupSource {
  readonly name: string
  readonly role: Role
  /** A group of the scenario, with a number of connections of its own. */
  readonly isNamed: boolean
  readonly layer: Layer
  readonly preset: Preset
  readonly testType: TestType
  /** One test of `all`: options that belong to the others are left alone. */
  readonly inAll: boolean
  readonly env: Environment
  readonly readFile: ReadFile
}

/** Builds a group; what does not go together is added to `mistakes`, and the group is then only a stand-in. */
export function resolveGroup(source: GroupSource, mistakes: Mistake[]): Group {
  const layer = dropOthers(source, mistakes)
  const { settings } = layer
  const { role, preset, testType } = source
  const dialect = chooseDialect(layer, testType)
  checkDialect(dialect, testType, layer, mistakes)
  const listens = role === 'subscriber'
  const isSilent = listens || holdsOnly(testType, dialect)
  if (isSilent && testType === 'reconnect') refuseRate(layer, dialect, mistakes)
  const count = countMembers(layer, source)
  const schedule = isSilent ? null : readSchedule(layer, preset, mistakes)
  const stop = resolveStop(layer, schedule?.stages ?? null, preset)
  const payload = resolvePayload(source, layer, dialect, mistakes)
  const group: Group = {
    name: source.name,
    role,
    count,
    pacing: isSilent ? { kind: 'silent' } : resolvePacing(layer, schedule, stop, count, mistakes),
    // In a broadcast test listeners stay until the last publisher has ended.
    stop: listens && isFanOutTest(testType) ? { messages: null, durationUs: null } : stop,
    dialect: nameOfDialect(layer, dialect),
    payload,
    binary: settings.binary?.value ?? dialect.frames === 'binary',
    onOpen: resolveOnOpen(source, layer, mistakes),
    match: settings.match?.value ?? 'auto',
    behaviour: {
      pong: settings.ignorePings?.value !== true,
      ...resolveReading(source, layer, preset),
      close: 'polite',
      pingEveryUs: settings.pingInterval?.value ?? null,
      reconnect: testType === 'reconnect' ? resolveRetry(layer) : null,
    },
    flow:
      testType === 'flow'
        ? resolveFlow(layer, { name: source.name, count }, source.env, source.readFile, mistakes)
        : null,
  }
  checkMatching(group, layer, mistakes)
  return group
}

function countMembers({ settings }: Layer, { role, isNamed }: GroupSource): number {
  const { connections, publishers, subscribers } = settings
  if (isNamed) return connections?.value ?? DEFAULT_CONNECTIONS
  if (role === 'publisher') return publishers?.value ?? 1
  if (role === 'subscriber') return (subscribers ?? connections)?.value ?? DEFAULT_CONNECTIONS
  return connections?.value ?? DEFAULT_CONNECTIONS
}

/** Slow are those of the group of that name, from the middle of the hold on. */
function resolveReading(
  { name, testType }: GroupSource,
  { settings }: Layer,
  preset: Preset,
): Pick<Behaviour, 'read' | 'slowAfterUs'> {
  if (testType !== 'slow-consumer' || name !== SLOW) return { read: 'all', slowAfterUs: null }
  const holdUs = settings.duration?.value ?? preset.stop.durationUs ?? 0
  return { read: settings.slowRead?.value ?? 'none', slowAfterUs: Math.round(holdUs / 2) }
}

/** In a reconnect test only what is answered to its sender alone is sent. */
function refuseRate({ settings }: Layer, { name }: Dialect, mistakes: Mistake[]): void {
  const { messageRate } = settings
  if (messageRate === undefined) return
  const problem = `cannot be here: the clients of ${name} are only held, as a message reaches more than its sender`
  const accepted = 'a dialect that answers the sender'
  mistakes.push(describeConflict('messageRate', messageRate, problem, accepted, '--dialect echo'))
}

/** Leaves out what the test has no use for: in `all` it belongs to another test, alone it is a mistake. */
function dropOthers({ layer, preset, testType, inAll }: GroupSource, mistakes: Mistake[]): Layer {
  const unused = inAll ? preset.leavesInAll : preset.refuses
  for (const name of unused) {
    const setting = layer.settings[name]
    if (inAll || setting === undefined) continue
    const { text, where } = [setting].flat()[0] as { text: string; where: string }
    const problem = `means nothing to ${testType === 'idle' ? 'an' : 'a'} ${testType} test`
    mistakes.push(
      describeConflict(name, { text, where }, problem, 'another test type', preset.insteadExample),
    )
  }
  const settings = Object.fromEntries(
    Object.entries(layer.settings).filter(([name]) => !unused.includes(name as OptionName)),
  )
  return { settings, given: layer.given }
}

interface GroupSchedule {
  readonly stages: readonly RateStage[]
  readonly perConnection: boolean
}

/** The schedule of an open workload; null when the workload is closed. */
function readSchedule({ settings }: Layer, preset: Preset, mistakes: Mistake[]): GroupSchedule | null {
  const { rate, messageRate, inFlight } = settings
  if (rate !== undefined && messageRate !== undefined) {
    const problem = 'cannot go with --rate: one is messages/s in all, the other of each connection'
    mistakes.push(describeConflict('messageRate', messageRate, problem, 'one of the two', '--rate 1k/s'))
  }
  const given = rate ?? messageRate
  if (given !== undefined && inFlight !== undefined) {
    const problem = 'cannot go with a rate: a rate sends on schedule, whatever is still under way'
    mistakes.push(describeConflict('inFlight', inFlight, problem, '--in-flight or a rate', '--in-flight 4'))
  }
  if (given !== undefined) return { stages: given.value, perConnection: given === messageRate }
  const perSec = preset.messageRatePerSec
  if (perSec === null) return null
  return { stages: [{ fromPerSec: perSec, toPerSec: perSec, durationUs: null }], perConnection: true }
}

function resolveStop({ settings }: Layer, stages: readonly RateStage[] | null, preset: Preset): Stop {
  const scheduleUs = stages === null ? null : scheduleLengthUs(stages)
  const hasLength = settings.duration !== undefined || scheduleUs !== null
  // A flow without a length is done once.
  const messages = settings.messages?.value ?? (hasLength ? null : preset.stop.messages)
  if (settings.duration !== undefined) return { messages, durationUs: settings.duration.value }
  // A schedule that ends at rate zero may never reach the count, so its end is the end.
  const endsAtZero = stages?.at(-1)?.toPerSec === 0
  if (scheduleUs !== null && (messages === null || endsAtZero)) return { messages, durationUs: scheduleUs }
  return { messages, durationUs: messages === null ? preset.stop.durationUs : null }
}

function resolvePacing(
  { settings }: Layer,
  schedule: GroupSchedule | null,
  stop: Stop,
  count: number,
  mistakes: Mistake[],
): Pacing {
  const { arrival, rate, messageRate } = settings
  if (schedule === null) {
    if (arrival !== undefined) {
      const problem = 'says when messages are due, but nothing sets a rate'
      mistakes.push(
        describeConflict('arrival', arrival, problem, 'with --rate or --message-rate', '--rate 1k/s'),
      )
    }
    return { kind: 'closed', inFlight: settings.inFlight?.value ?? 1 }
  }
  const given = rate ?? messageRate
  if (given !== undefined && stop.durationUs === null && needsHoldLength(schedule.stages)) {
    const name = given === rate ? 'rate' : 'messageRate'
    const problem = 'is a ramp, and nothing says how long it takes'
    mistakes.push(describeConflict(name, given, problem, 'with --duration, or "over TIME"', '--duration 30s'))
  }
  const stages = toStages(schedule.stages, stop.durationUs, schedule.perConnection ? count : 1)
  return { kind: 'open', stages, arrival: arrival?.value ?? 'constant' }
}

function resolvePayload(
  { readFile }: GroupSource,
  { settings }: Layer,
  dialect: Dialect,
  mistakes: Mistake[],
): Payload {
  const { size, payload, maxMessage } = settings
  const rooms = settings.rooms?.value ?? 1
  const sizeBytes = size?.value ?? usualSizeBytes(dialect, rooms)
  const least = leastSizeBytes(dialect, rooms)
  // Only a bare message can do without its number: replies are then taken in order.
  if (payload === undefined && size !== undefined && sizeBytes < least && dialect.audience !== 'nobody') {
    const isBare = dialect.write === undefined && dialect.audience === 'sender'
    if (!isBare) {
      const problem = `is too small: a message of ${dialect.name} with its number in it takes ${least} bytes`
      mistakes.push(describeConflict('size', size, problem, `a size from ${least}`, `--size ${least}`))
      return { kind: 'generated', sizeBytes: least }
    }
  }
  if (payload === undefined) {
    if (size !== undefined && maxMessage !== undefined && sizeBytes > maxMessage.value) {
      const problem = `is over --max-message ${maxMessage.text}, so every reply would be refused`
      mistakes.push(
        describeConflict('size', size, problem, 'a size up to --max-message', '--max-message 64MiB'),
      )
    }
    return { kind: 'generated', sizeBytes }
  }
  if (size !== undefined) {
    const problem = 'cannot go with --payload, which has a size of its own'
    mistakes.push(describeConflict('size', size, problem, 'one of the two', '--size 1KiB'))
  }
  const text = readTextSource(payload, settings.binary?.value ?? false, readFile)
  if (!text.ok) {
    mistakes.push(
      describeConflict('payload', payload, text.problem, 'a text, or @file', '--payload @message.json'),
    )
    return { kind: 'generated', sizeBytes }
  }
  if (payload.value.kind === 'text' || settings.binary?.value !== true) {
    mistakes.push(...checkPlaceholders('payload', payload, text.value))
  }
  return { kind: 'template', template: text.value }
}

function resolveOnOpen({ readFile }: GroupSource, { settings }: Layer, mistakes: Mistake[]): string | null {
  const { onOpen } = settings
  if (onOpen === undefined) return null
  const text = readTextSource(onOpen, settings.binary?.value ?? false, readFile)
  if (!text.ok) {
    mistakes.push(
      describeConflict('onOpen', onOpen, text.problem, 'a text, or @file', '--on-open @hello.json'),
    )
    return null
  }
  mistakes.push(...checkPlaceholders('onOpen', onOpen, text.value))
  return text.value
}

function checkPlaceholders(
  name: OptionName,
  setting: { readonly text: string; readonly where: string },
  text: string,
): Mistake[] {
  return findPlaceholders(text)
    .filter((placeholder) => !(MESSAGE_PLACEHOLDERS as readonly string[]).includes(placeholder))
    .map((placeholder) =>
      describeConflict(
        name,
        setting,
        `has the unknown placeholder {${placeholder}}`,
        '{client}, {seq}, {token}',
        '{seq}',
      ),
    )
}

function hasSeq({ payload }: Group): boolean {
  return payload.kind === 'template' && findPlaceholders(payload.template).includes('seq')
}

/** In order of arrival, replies find their messages only one at a time. */
function checkMatching(group: Group, { settings }: Layer, mistakes: Mistake[]): void {
  const { inFlight, match } = settings
  if (match !== undefined && patternOf(match.value) !== null && !hasSeq(group)) {
    const problem = 'looks for the number of a message, but the message has no {seq}'
    const example = `--payload '{"id":{seq}}' --match 'json:/id'`
    mistakes.push(describeConflict('match', match, problem, 'with --payload and its {seq}', example))
  }
  if (inFlight === undefined || inFlight.value === 1 || matchesBySequence(group)) return
  const why =
    match?.value === 'fifo'
      ? 'needs replies that can be told apart, and --match fifo takes them in order'
      : 'needs replies that can be told apart, and the message has no {seq} that can be found again in them'
  mistakes.push(
    describeConflict('inFlight', inFlight, why, '1, or messages with {seq} or of 32 bytes', '--in-flight 1'),
  )
}
