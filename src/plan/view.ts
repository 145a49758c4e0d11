import { basename } from 'node:path'
import { shownName } from '../dialects/registry.ts'
import type { PlanView } from '../result/run-result.ts'
import { matchesBySequence } from './matching.ts'
import { findPlaceholders } from './placeholders.ts'
import type { Group, Plan } from './plan.ts'
import { countConnections } from './plan.ts'

const SHOWN_CHARACTERS = 80

/** The plan as reports and results show it: no secrets, templates unfilled. */
export function viewPlan(plan: Plan): PlanView {
  return {
    connections: countConnections(plan),
    groups: plan.groups.map(viewGroup),
    fanOut: plan.fanOut,
    push: plan.push,
    transport: plan.transport,
    cut: plan.cut === null ? null : { by: plan.cut.by, afterUs: plan.cut.afterUs },
    leaving:
      plan.leaving === null
        ? null
        : { kinds: [...plan.leaving.kinds], counts: plan.leaving.countUrl !== null },
    connectRatePerSec: plan.connect.ratePerSec,
    connectConcurrency: plan.connect.concurrency,
    warmupUs: plan.warmupUs,
    cycles: plan.cycles,
    search: plan.search === null ? null : { ...plan.search, objectives: [...plan.search.objectives] },
    workers: plan.workers,
    processes: plan.forked ? plan.workers : 1,
    connectTimeoutUs: plan.limits.connectTimeoutUs,
    replyTimeoutUs: plan.limits.replyTimeoutUs,
    compress: plan.target.compress,
    tls: plan.target.urls.some((url) => /^(?:wss|https):/i.test(url)),
    seed: plan.seed,
  }
}

function viewGroup(group: Group): PlanView['groups'][number] {
  const { pacing, stop, payload, flow } = group
  const isOpen = pacing.kind === 'open'
  return {
    name: group.name,
    role: group.role,
    connections: group.count,
    pacing: pacing.kind,
    inFlight: pacing.kind === 'closed' ? pacing.inFlight : null,
    ratePerSec: isOpen ? (pacing.stages[0]?.fromPerSec ?? 0) : null,
    endRatePerSec: isOpen ? (pacing.stages.at(-1)?.toPerSec ?? 0) : null,
    arrival: isOpen ? pacing.arrival : null,
    messagesEach: stop.messages,
    durationUs: stop.durationUs,
    dialect: shownName(group.dialect),
    payload: flow !== null ? 'flow' : payload.kind === 'generated' ? 'generated' : shorten(payload.template),
    payloadBytes: flow !== null ? null : measurePayload(group),
    binary: group.binary,
    match: matchesBySequence(group) ? 'sequence' : 'fifo',
    pingEveryUs: group.behaviour.pingEveryUs,
    answersPings: group.behaviour.pong,
    slowRead:
      group.behaviour.slowAfterUs === null
        ? null
        : group.behaviour.read === 'none'
          ? 0
          : Number(group.behaviour.read),
    flow: flow === null ? null : basename(flow.path),
    reconnect: group.behaviour.reconnect,
  }
}

/** Bytes of each message; null when placeholders make it differ. */
function measurePayload({ payload, binary }: Group): number | null {
  if (payload.kind === 'generated') return payload.sizeBytes
  if (findPlaceholders(payload.template).length > 0) return null
  return Buffer.byteLength(payload.template, binary ? 'latin1' : 'utf8')
}

function shorten(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text
}
