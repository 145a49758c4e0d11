/** One shard's whole run: connect, warm up, hold, drain; again for every cycle. Runs in a thread or in this process. */
import pLimit from 'p-limit'
import { type Leave, slowFromUs } from '../plan/plan.ts'
import { leaveOf } from '../plan/resolve-leaving.ts'
import type { ShardGroup, ShardPlan } from '../plan/shard-plan.ts'
import { type FailureCount, Failures } from '../record/failures.ts'
import type { ShardMemory } from '../record/shard-memory.ts'
import { Slowest, type SlowMessage } from '../record/slowest.ts'
import { ByteBudget } from '../websocket/byte-budget.ts'
import { Client } from './client.ts'
import { nowUs } from './clock.ts'
import { Comebacks, type CutClock } from './comebacks.ts'
import { Connection } from './connection.ts'
import { createDialer, type Endpoint } from './dialer.ts'
import { FanOut } from './fan-out.ts'
import type { FlowTrace } from './flow-trace.ts'
import { GroupRun, type ShardIo } from './group-run.ts'
import { listSent } from './hide-sent.ts'
import type { Dial, Link } from './link.ts'
import { LoopMeter } from './loop-meter.ts'
import { createPacer } from './pacer.ts'
import { runPacerLoop, waitUntil } from './pacer-loop.ts'
import { startPinging } from './pinging.ts'
import { createSchedule } from './schedule.ts'
import type { ScriptedClient } from './scripted-client.ts'

const READ_BUFFER_BYTES = 65_536
const SWEEP_MS = 100
const LEAST_READ_BYTES = 256
const POLL_US = 5000
/** Clients started, or closed, in one turn of the loop. */
const SLICE = 64
/** An interrupted run waits no longer than this for replies. */
const ABORTED_DRAIN_US = 2e6
const ABORTED_CLOSE_US = 1e6
/** Slow readers have so long to read how they were ended. */
const SLOW_END_US = 1e6

/** Where a shard waits for the others. */
export type Barrier = 'connect' | 'hold' | 'drain' | 'closed'

export interface ShardPort {
  /** The shard has come to this point; resolves to the clock time at which all shards go on. */
  arrive(barrier: Barrier): Promise<number>
}

/** What a shard says when it has ended; its numbers are in the shared memory. */
export interface ShardReport {
  readonly failures: readonly FailureCount[]
  readonly slowest: readonly SlowMessage[]
  /** Length of the hold, all cycles: to its end, or to the last reply when a count ended it; null: there was none. */
  readonly holdUs: number | null
}

/** One that sends messages, or one that runs a flow. */
type LoadClient = Client | ScriptedClient

interface Team {
  readonly run: GroupRun
  readonly part: ShardGroup
  readonly clients: readonly LoadClient[]
  /** For the pacer, by index into clients; the same functions for warm-up and hold. */
  readonly send: (client: number, dueUs: number) => void
  readonly skip: (client: number, dueUs: number) => void
}

export async function runShard(
  shard: ShardPlan,
  endpoints: readonly Endpoint[],
  memory: ShardMemory,
  port: ShardPort,
  signal: AbortSignal,
  trace: FlowTrace | null = null,
): Promise<ShardReport> {
  const { plan } = shard
  // Only where it is used: ws costs every thread 6 MB.
  const compressed = plan.target.compress ? await import('./compressed-connection.ts') : null
  const streams = plan.transport === 'event-stream' ? await import('./event-stream.ts') : null
  const scripted = plan.groups.some(({ flow }) => flow !== null) ? await import('./flow-run.ts') : null
  const flows = await scripted?.loadFlows(plan)
  const fanOut = memory.board === null ? null : new FanOut(plan, shard.shard, memory.board)
  const dialer = createDialer(plan.target, endpoints)
  const failures = new Failures(memory.tally)
  const slowest = new Slowest()
  const io: ShardIo = {
    readBuffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
    reads: 0,
    readUs: 0,
    sendUs: 0,
    outstanding: 0,
  }
  // Each shard has an equal part, and room for one message of the greatest size at least.
  const { maxMessageBytes, maxUnfinishedBytes } = plan.limits
  const unfinished = new ByteBudget(Math.max(maxMessageBytes, Math.floor(maxUnfinishedBytes / shard.shards)))
  const meter = new LoopMeter(nowUs())
  const reads = () => io.reads
  let teams: Team[] = []
  /** Left in silence: open to the end of the test. */
  const silent: Link[] = []
  let holdUs: number | null = null

  function sweep(): void {
    const now = nowUs()
    for (const { clients } of teams) for (const client of clients) client.sweep(now)
    const { busyUs, totalUs, coreWaitUs } = meter.read(now)
    memory.meter[0] = busyUs
    memory.meter[1] = totalUs
    memory.meter[2] = coreWaitUs ?? -1
  }

  const sweeper = setInterval(sweep, SWEEP_MS)
  try {
    for (let cycle = 0; cycle < plan.cycles && !signal.aborted; cycle++) {
      const cut: CutClock = { us: 0 }
      teams = shard.groups.map((part, index) => assemble(part, index, cut))
      await connectAll(await port.arrive('connect'))
      const heldUs = await holdAll(await port.arrive('hold'), cycle, cut)
      if (heldUs > 0) holdUs = (holdUs ?? 0) + heldUs
      await port.arrive('drain')
      await drain()
      await closeAll(plan.leaving === null ? null : leaveOf(plan.leaving, cycle, plan.cycles))
      await port.arrive('closed')
    }
    sweep()
  } finally {
    clearInterval(sweeper)
    for (const link of silent) link.reset('close-code', 'reset by us')
    meter.close()
  }
  return { failures: failures.list(), slowest: slowest.list(), holdUs }

  function assemble(part: ShardGroup, index: number, cut: CutClock): Team {
    const { hold, warmup, spread } = memory.groups[index]!
    const warmupClients = plan.warmupUs > 0 ? part.places.length : 0
    const stores = { hold, warmup, spread, slowest, failures, warmupClients }
    const { group } = part
    const framed = !plan.target.compress
    const traffic = { fanOut, push: plan.push }
    const run = new GroupRun(group, plan.limits, io, stores, part.places.length, framed, traffic)
    run.recordsResponse = plan.groups.some(({ pacing }) => pacing.kind === 'open')
    const { flow } = group
    const flowRun =
      flow === null
        ? null
        : new scripted!.FlowRun(run, {
            flow: flows!.get(flow.path)!,
            settings: flow,
            steps: memory.groups[index]!.steps!,
            seed: plan.seed,
            clients: part.places.length,
            isFramed: framed,
            sentBy,
            trace,
          })
    const { reconnect } = group.behaviour
    const seed = plan.seed + 1009 * shard.shard + part.firstId
    if (reconnect !== null) run.comebacks = new Comebacks(reconnect, hold, cut, seed)
    const clients = part.places.map((place, n) => {
      const id = part.firstId + place
      const token = dialer.tokenFor(id)
      if (flowRun !== null) return flowRun.addClient(id, place, token, (client) => linkOf(client, run))
      return new Client(id, n, run, token, run.openingFor(id, token))
    })
    return {
      run,
      part,
      clients,
      send: (client, dueUs) => clients[client]!.sendDue(dueUs),
      skip: (client, dueUs) => clients[client]!.skipDue(dueUs),
    }
  }

  /** Every client in the order of the ramp, whatever its group. */
  async function connectAll(startUs: number): Promise<void> {
    const limit = pLimit(shard.connectConcurrency)
    const rate = plan.connect.ratePerSec
    const attempts: Promise<void>[] = []
    const cancel = () => {
      for (const { clients } of teams) for (const client of clients) client.cancel()
    }
    signal.addEventListener('abort', cancel, { once: true })
    const all = teams.flatMap(({ run, clients }) => clients.map((client) => ({ client, run })))
    all.sort((a, b) => a.client.id - b.client.id)
    await waitUntil(startUs, signal)
    for (const { client, run } of all) {
      const dueUs = rate === null ? startUs : startUs + (client.id * 1e6) / rate
      if (dueUs > nowUs()) await waitUntil(dueUs, signal)
      if (signal.aborted) break
      attempts.push(limit(() => connectOne(client, run, dueUs, startUs)))
    }
    await Promise.all(attempts)
    signal.removeEventListener('abort', cancel)
  }

  /** What a client's request carries that may be a secret. */
  function sentBy(id: number): string[] {
    const dial = dialer.dialFor(id)
    return typeof dial === 'string' ? [] : listSent(dial)
  }

  /** A string when the name did not resolve: why. */
  function linkOf(client: LoadClient, run: GroupRun): Link | string {
    const dial = dialer.dialFor(client.id)
    return typeof dial === 'string' ? dial : createLink(dial, client, run)
  }

  function connectOne(client: LoadClient, run: GroupRun, dueUs: number, startUs: number): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    const link = linkOf(client, run)
    return new Promise((resolve) => {
      client.onSettled = resolve
      if (typeof link === 'string') client.failToConnect(link)
      else client.connect(link, dueUs, startUs)
    })
  }

  function createLink(dial: Dial, client: LoadClient, run: GroupRun): Link {
    const { behaviour, binary } = run.group
    if (streams !== null) return new streams.EventStream(dial, client, plan.limits)
    if (compressed !== null)
      return new compressed.CompressedConnection(dial, client, plan.limits, behaviour.pong, binary)
    const { read } = behaviour
    // A read takes all that is there and fits.
    const buffer =
      typeof read === 'number'
        ? Buffer.allocUnsafeSlow(
            Math.min(READ_BUFFER_BYTES, Math.max(LEAST_READ_BYTES, Math.round(read / 4))),
          )
        : io.readBuffer
    return new Connection(dial, client, plan.limits, behaviour.pong, buffer, unfinished)
  }

  /** Warm-up and hold. Returns how long the hold was. */
  async function holdAll(startUs: number, cycle: number, cut: CutClock): Promise<number> {
    const holdFromUs = startUs + plan.warmupUs
    for (const { run } of teams) run.holdFromUs = holdFromUs
    await waitUntil(startUs, signal)
    if (signal.aborted) return 0
    // Who has neither a count nor a time stays until all others have ended.
    const followers = teams.filter(
      ({ run }) => run.group.stop.messages === null && run.group.stop.durationUs === null,
    )
    const leaders = teams.filter((team) => !followers.includes(team))
    for (const { run } of followers) run.holding = 1
    for (const { run } of teams)
      run.comebacks?.start(holdFromUs, (client, dueUs) => returnOne(client, run, dueUs))
    void turnSlow(holdFromUs)
    if (plan.cut?.by === 'reset') void cutAll(holdFromUs + plan.cut.afterUs, cut)
    const ends = await Promise.all(leaders.map((team) => holdTeam(team, startUs, holdFromUs, cycle)))
    for (const { run } of followers) run.holding = 0
    return Math.max(0, ...ends.map((endUs) => endUs - holdFromUs))
  }

  /** Every connection at once, for all to come back. */
  async function cutAll(atUs: number, cut: CutClock): Promise<void> {
    await waitUntil(atUs, signal)
    if (signal.aborted) return
    // Not the due time: that we are late is none of the server's.
    cut.us = nowUs()
    for (const { clients } of teams) for (const client of clients) client.cut()
  }

  /** Those that read slowly from then on. */
  async function turnSlow(holdFromUs: number): Promise<void> {
    const afterUs = slowFromUs(plan)
    if (afterUs === null) return
    await waitUntil(holdFromUs + afterUs, signal)
    if (signal.aborted) return
    for (const client of slowClients()) client.turnSlow()
  }

  function slowClients(): Client[] {
    return teams
      .filter(({ run }) => run.group.behaviour.slowAfterUs !== null)
      .flatMap(({ clients }) => clients as readonly Client[])
  }

  /** They read again: who was dropped hears of it behind what had come before. */
  async function endSlow(): Promise<void> {
    const slow = slowClients().filter((client) => client.endSlow())
    if (slow.length === 0) return
    const deadlineUs = nowUs() + SLOW_END_US
    await untilQuiet(() => slow.every(({ isOpen }) => isOpen !== true) || nowUs() > deadlineUs)
  }

  /** An attempt to come back; the name was found when it first connected. */
  function returnOne(client: Client, run: GroupRun, dueUs: number): void {
    const dial = dialer.dialFor(client.id)
    if (typeof dial !== 'string') client.reconnect(createLink(dial, client, run), dueUs)
  }

  /** One group's sending. Resolves to the clock time at which it was over. */
  async function holdTeam(team: Team, startUs: number, holdFromUs: number, cycle: number): Promise<number> {
    const { run, clients } = team
    const { pacing, stop } = run.group
    run.holding = 1
    const endPinging = startPinging({ part: team.part, clients, startUs: holdFromUs, reads, meter, signal })
    const endUs = stop.durationUs === null ? Number.POSITIVE_INFINITY : holdFromUs + stop.durationUs
    if (pacing.kind === 'closed') {
      run.sending = true
      run.busyClients = clients.length
      let sent = 0
      for (const client of clients) {
        client.startClosed(pacing.inFlight)
        sent += pacing.inFlight
        if (sent < SLICE) continue
        sent = 0
        await nextTurn()
      }
      await until(() => run.busyClients === 0, endUs)
    } else if (pacing.kind === 'open') {
      if (plan.warmupUs > 0) await pace(team, startUs, holdFromUs, null, plan.warmupUs, cycle)
      await pace(team, holdFromUs, endUs, stop.messages, stop.durationUs, cycle)
      if (stop.durationUs !== null && stop.messages === null) await waitUntil(endUs, signal)
    } else if (stop.durationUs !== null) {
      await waitUntil(endUs, signal)
    }
    run.sending = false
    await endPinging?.()
    if (stop.messages !== null && pacing.kind === 'open') await until(() => io.outstanding === 0)
    run.holding = 0
    return stop.messages === null || signal.aborted ? nowUs() : run.lastReplyUs
  }

  function pace(
    team: Team,
    fromUs: number,
    endUs: number,
    messagesEach: number | null,
    durationUs: number | null,
    cycle: number,
  ): Promise<void> {
    const { run, part } = team
    const { pacing } = run.group
    if (pacing.kind !== 'open') return Promise.resolve()
    const inWarmup = fromUs < run.holdFromUs
    const first = pacing.stages[0]!
    const warmRate = first.fromPerSec > 0 ? first.fromPerSec : first.toPerSec
    const stages = inWarmup ? [{ fromPerSec: warmRate, toPerSec: warmRate, durationUs: 0 }] : pacing.stages
    const seed = plan.seed + 1009 * shard.shard + 7919 * cycle + part.firstId
    const share = { groupSize: part.group.count, places: part.places, messagesEach, durationUs }
    return runPacerLoop({
      pacer: createPacer(createSchedule(stages), share, pacing.arrival, seed),
      startUs: fromUs,
      endUs,
      send: team.send,
      skip: team.skip,
      reads,
      meter,
      signal,
    })
  }

  /** Waits for the replies under way; the sweep gives up what is overdue. */
  async function drain(): Promise<void> {
    await endSlow()
    const startUs = nowUs()
    for (const { run, clients } of teams) {
      run.comebacks?.stop()
      for (const client of clients) {
        client.endPush()
        if (run.comebacks !== null) client.cancel()
      }
    }
    await untilQuiet(() => io.outstanding === 0 || (signal.aborted && nowUs() > startUs + ABORTED_DRAIN_US))
    // What is later than the timeout counts as lost, so nobody waits for it.
    const patienceUs = Math.min(plan.limits.replyTimeoutUs, signal.aborted ? ABORTED_DRAIN_US : Infinity)
    if (fanOut !== null) await untilQuiet(() => fanOut.board.pending() <= 0 || nowUs() > startUs + patienceUs)
    for (const { clients } of teams) for (const client of clients) client.abandon()
  }

  /** `leave`: how all of them do; null: as their groups do. */
  async function closeAll(leave: Leave | null): Promise<void> {
    const close = leave === null ? null : leave === 'clean' ? 'polite' : leave
    const open = teams.flatMap(({ run, clients }) =>
      clients.map((client) => ({ client, close: close ?? run.group.behaviour.close })),
    )
    if (leave === 'silent' && !signal.aborted) {
      leaveOpen(open.map(({ client }) => client))
      return
    }
    let left = 0
    for (const [n, { client, close }] of open.entries()) {
      if (client.isOpen === false || client.link === null) continue
      left++
      client.onGone = () => left--
      if (close === 'polite' && client.isOpen) client.link.close()
      else client.link.reset('close-code', 'reset by us')
      if (n % SLICE === SLICE - 1) await nextTurn()
    }
    const deadlineUs = nowUs() + (signal.aborted ? ABORTED_CLOSE_US : plan.limits.closeTimeoutUs)
    await untilQuiet(() => left === 0 || nowUs() > deadlineUs)
    for (const { client } of open) client.link?.reset('close-code', 'timeout')
    await untilQuiet(() => left === 0)
  }

  /** As if they had died: half open as far as the server can tell, which gets no answer to anything. */
  function leaveOpen(clients: readonly LoadClient[]): void {
    for (const { link, isOpen } of clients) {
      if (link === null || isOpen !== true || !link.isOpen) continue
      link.pauseReading()
      silent.push(link)
    }
  }

  /** Polls; an abort ends the wait too, and so does that time, to the turn of the loop. */
  async function until(done: () => boolean, deadlineUs = Number.POSITIVE_INFINITY): Promise<void> {
    while (!done() && !signal.aborted && nowUs() < deadlineUs)
      await waitUntil(Math.min(deadlineUs, nowUs() + POLL_US), signal)
  }
}

async function untilQuiet(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 5))
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
