/** What the clients of a group share that runs a flow: the function, who is free, the steps, and what failed. */
import { RunError } from '../errors.ts'
import { describeThrown, findPlace } from '../flows/describe-error.ts'
import type { AnyFlow, FlowContext } from '../flows/flow.ts'
import { FlowFailure, FlowOver } from '../flows/flow-failure.ts'
import { loadFlow } from '../flows/load-flow.ts'
import { listRowSecrets } from '../flows/row-secrets.ts'
import type { DataRow, FlowSettings, Plan } from '../plan/plan.ts'
import type { StepBoard } from '../record/step-board.ts'
import { nowUs } from './clock.ts'
import type { FlowSession } from './flow-session.ts'
import type { FlowTrace } from './flow-trace.ts'
import type { GroupRun } from './group-run.ts'
import type { Link } from './link.ts'
import { ScriptedClient } from './scripted-client.ts'
import { hearStrayErrors } from './stray-errors.ts'

/** What clients may keep for their flows: of a shard, and the most and the least of one. */
const KEPT_BYTES = 256 * 2 ** 20
const MOST_BYTES = 2 ** 20
const LEAST_BYTES = 16 * 1024

export type Flows = ReadonlyMap<string, AnyFlow>

/**
 * The flows of a plan by path, loaded into this thread.
 * @throws RunError: they were looked at before, so something has changed
 */
export async function loadFlows({ groups }: Plan): Promise<Flows> {
  const flows = new Map<string, AnyFlow>()
  for (const { flow } of groups) {
    if (flow === null || flows.has(flow.path)) continue
    const loaded = await loadFlow(flow.path)
    if (!loaded.ok) throw new RunError(`the flow ${flow.path} ${loaded.problem}`)
    flows.set(flow.path, loaded.flow)
  }
  return flows
}

export interface FlowRunOptions {
  readonly flow: AnyFlow
  readonly settings: FlowSettings
  readonly steps: StepBoard
  readonly seed: number
  /** Clients of the group in this shard. */
  readonly clients: number
  /** The connections take whole frames; else bare payloads. */
  readonly isFramed: boolean
  /** What a client's request carries that may be a secret. */
  readonly sentBy: (client: number) => readonly string[]
  readonly trace: FlowTrace | null
}

export class FlowRun {
  readonly group: GroupRun
  readonly settings: FlowSettings
  readonly steps: StepBoard
  readonly seed: number
  readonly isFramed: boolean
  readonly trace: FlowTrace | null
  readonly mailboxBytes: number
  readonly #flow: AnyFlow
  readonly #sentBy: FlowRunOptions['sentBy']
  readonly #clients: ScriptedClient[] = []
  /** Open pacing: who waits for a flow, longest first. */
  readonly #free = new Set<ScriptedClient>()
  /** When no more flows began; 0: they do. */
  #endedUs = 0

  constructor(group: GroupRun, options: FlowRunOptions) {
    const { flow, settings, steps, seed, clients, isFramed, sentBy, trace } = options
    this.group = group
    this.settings = settings
    this.steps = steps
    this.seed = seed
    this.isFramed = isFramed
    this.trace = trace
    this.mailboxBytes = Math.max(LEAST_BYTES, Math.min(MOST_BYTES, Math.floor(KEPT_BYTES / clients)))
    this.#flow = flow
    this.#sentBy = sentBy
    hearStrayErrors((error) => this.failStray(error))
  }

  addClient(id: number, place: number, token: string, openLink: (client: ScriptedClient) => Link | string) {
    const client = new ScriptedClient(id, place, this, token, () => openLink(client))
    this.#clients.push(client)
    return client
  }

  // ---- who is free

  get isAnyOpen(): boolean {
    return this.#clients.some(({ isOpen }) => isOpen === true)
  }

  free(client: ScriptedClient): void {
    if (this.group.open) this.#free.add(client)
  }

  /** That client when it is free, else the one that is it longest; null: all are busy. */
  takeFree(wanted: ScriptedClient): ScriptedClient | null {
    const taken = this.#free.has(wanted) ? wanted : (this.#free.values().next().value ?? null)
    if (taken !== null) this.#free.delete(taken)
    return taken
  }

  /** Its connection is gone; when it was free, it looks for another. */
  lose(client: ScriptedClient): void {
    if (this.#free.delete(client)) void client.stayReady()
  }

  // ---- the end of the load

  /** No more flows begin. */
  get isEnding(): boolean {
    return this.group.holding === 0
  }

  /** Flows under way have had their time after the end of the load. */
  isOverdue(now: number): boolean {
    if (!this.isEnding) return false
    if (this.#endedUs === 0) this.#endedUs = now
    return now - this.#endedUs > this.group.limits.replyTimeoutUs
  }

  // ---- one flow

  begin(session: FlowSession, client: ScriptedClient, place: number, token: string): void {
    this.steps.enter(client.id, null)
    const run = this
    const context: FlowContext<DataRow> = {
      client: client.id,
      clients: this.group.group.count,
      iteration: session.iteration,
      row: this.#rowOf(place),
      env: this.settings.env,
      token,
      get ending() {
        return run.isEnding
      },
      get signal() {
        return session.signal
      },
      random: client.random,
    }
    void this.#perform(session, context)
  }

  async #perform(session: FlowSession, context: FlowContext<DataRow>): Promise<void> {
    try {
      await this.#flow(session, context)
    } catch (error) {
      session.end({ kind: 'failed', error })
      return
    }
    session.end({ kind: 'completed' })
  }

  #rowOf(place: number): DataRow {
    const { rows } = this.settings
    return Object.freeze(rows[place % rows.length] ?? {})
  }

  /** Counts what a flow threw. */
  fail(error: unknown, session: FlowSession, client: ScriptedClient, place: number, isInHold: boolean): void {
    const [failure, detail] = this.#describe(error, session.stepOf(error), this.#secretsOf(client.id, place))
    this.trace?.event(client.id, `failed: ${failure} ${detail}${explain(error)}`)
    if (isInHold) this.group.stores.failures.add(failure, detail, nowUs())
  }

  /** Counts an error that reached no flow: a promise that nobody waited for, a callback of a timer. */
  failStray(error: unknown): void {
    if (error instanceof FlowOver) return
    const [failure, detail] = this.#describe(error, null, Object.values(this.settings.env))
    this.trace?.event(0, `not awaited: ${failure} ${detail}`)
    this.group.stores.failures.add(failure, `not awaited: ${detail}`, nowUs())
  }

  #describe(error: unknown, step: string | null, secrets: readonly string[]) {
    const place = findPlace(error)
    const where = place === null ? '' : `${place.file}:${place.line}`
    if (error instanceof FlowFailure) return [error.class, join(step, where)] as const
    const message = describeThrown(error, secrets)
    return ['flow-error', join(step === null ? null : `${step}:`, message, where && `(${where})`)] as const
  }

  #secretsOf(client: number, place: number): string[] {
    const { env } = this.settings
    return [...Object.values(env), ...listRowSecrets(this.#rowOf(place)), ...this.#sentBy(client)]
  }
}

function join(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join(' ')
}

/** Of a client's own failure its detail names only the place. */
function explain(error: unknown): string {
  return error instanceof FlowFailure ? `: ${error.message}` : ''
}
