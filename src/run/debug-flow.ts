/** `--debug` of a flow: one client, every frame and step shown, then done. */
import { nowUs } from '../engine/clock.ts'
import { createDialer } from '../engine/dialer.ts'
import type { FlowTrace } from '../engine/flow-trace.ts'
import { listSent } from '../engine/hide-sent.ts'
import { runShard } from '../engine/shard-run.ts'
import { catchStrayErrors } from '../engine/stray-errors.ts'
import { EXIT } from '../errors.ts'
import { listRowSecrets } from '../flows/row-secrets.ts'
import { readEnvironment } from '../observe/environment.ts'
import { escapeControls } from '../plan/escape-controls.ts'
import type { Plan } from '../plan/plan.ts'
import { shardPlan } from '../plan/shard-plan.ts'
import { redactUrl } from '../plan/target-url.ts'
import { mapShardMemory } from '../record/shard-memory.ts'
import { type DebugOptions, describeFrame } from './debug.ts'
import { createHideSecret, encodeHidden } from './hide-secret.ts'
import { openTarget } from './open-target.ts'
import { resolveEndpoints } from './resolve-endpoints.ts'

/** Runs the flow of the plan's first client in this thread. 0: it completed; 3: it did not. */
export async function debugFlow(plan: Plan, { signal, write }: DebugOptions): Promise<number> {
  const { server, target } = await openTarget([plan], readEnvironment(), signal)
  try {
    const { endpoints } = await resolveEndpoints(target.urls)
    const dial = createDialer(target, endpoints).dialFor(0)
    const { env = {}, rows = [] } = plan.groups[0]?.flow ?? {}
    const own = [...Object.values(env), ...listRowSecrets(rows[0] ?? {})]
    const sent = typeof dial === 'string' ? [] : listSent(dial)
    const hide = createHideSecret(...target.tokens.slice(0, 1), ...sent, ...own.filter(isLong))
    const clean = (text: string) => escapeControls(encodeHidden(hide(Buffer.from(text)), 'utf8'))
    const startUs = nowUs()
    const show = (mark: string, text: string) =>
      write(`${((nowUs() - startUs) / 1000).toFixed(2).padStart(9)} ms  ${mark} ${text}\n`)
    write(`${redactUrl(endpoints[0]!.url)}\n`)
    const trace: FlowTrace = {
      event: (_, text) => show('·', clean(text)),
      sent: (_, opcode, payload) => show('→', describeFrame(opcode, payload, hide)),
      received: (_, opcode, payload) => show('←', describeFrame(opcode, payload, hide)),
      step: (_, name, what, tookUs) =>
        show(what === 'begin' ? '{' : '}', `${name}${END[what]}${what === 'begin' ? '' : showMs(tookUs)}`),
    }
    catchStrayErrors(process)
    const shard = shardPlan({ ...plan, target, workers: 1 }, 0)
    const memory = mapShardMemory(shard)
    const report = await runShard(
      shard,
      endpoints,
      memory,
      { arrive: () => Promise.resolve(nowUs()) },
      signal,
      trace,
    )
    const { hold, warmup } = memory.groups[0]!
    const completed = hold.get('flows_completed') + warmup.get('flows_completed')
    for (const { class: failure, detail } of report.failures) show('!', clean(`${failure} ${detail}`.trim()))
    return completed > 0 && report.failures.length === 0 ? EXIT.passed : EXIT.unreachable
  } finally {
    await server?.stop()
  }
}

const END = { begin: '', end: ' done in ', fail: ' failed after ' } as const

/** A variable of a few letters is in many words, and hides nothing. */
function isLong(value: string): boolean {
  return value.length >= 5
}

function showMs(us: number): string {
  return `${(us / 1000).toFixed(2)} ms`
}
