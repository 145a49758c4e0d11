/** `stress doctor`: what this machine's limits allow, whether it can do a plan, and what its generator was measured to do. */
import { EXIT, UsageError } from '../errors.ts'
import { readEnvironment } from '../observe/environment.ts'
import { type Floor, readFloor, writeFloor } from '../observe/floor-cache.ts'
import { measureCapacity } from '../observe/machine-capacity.ts'
import { readMachineLimits } from '../observe/machine-limits.ts'
import { countConnections, type RunPlan } from '../plan/plan.ts'
import { redactUrl } from '../plan/target-url.ts'
import { type Diagnosis, renderDoctor } from '../report/doctor.ts'
import { formatPlural } from '../report/format.ts'
import { writeText } from '../report/write.ts'
import { TOOL } from '../result/tool.ts'
import { resolveCommand } from './create-plan.ts'
import type { DoctorCommand } from './parse-doctor.ts'
import { checkSourceIps, preflightPlan } from './plan-needs.ts'
import type { Signals } from './signals.ts'

export interface DoctorContext {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly env: NodeJS.ProcessEnv
  readonly signals: Pick<Signals, 'signal'>
}

/**
 * Returns the exit code: 2 when the plan cannot work here, else 0.
 * @throws UsageError with every mistake in the plan, RunError when the floor cannot be measured
 */
export async function runDoctor(command: DoctorCommand, context: DoctorContext): Promise<number> {
  const { stdout, stderr, env, signals } = context
  const plan = command.run === null ? null : (await resolveCommand(command.run, env)).plan
  const mistakes = plan === null ? [] : checkSourceIps(plan.tests[0]!.target)
  if (mistakes.length > 0) throw new UsageError(mistakes)
  const floor = command.measure ? await measure(stderr, signals.signal) : readFloor()
  const { limits, findings } =
    plan === null ? { limits: readMachineLimits(), findings: [] } : preflightPlan(plan, floor)
  const diagnosis: Diagnosis = {
    tool: TOOL,
    environment: readEnvironment(),
    limits,
    capacity: measureCapacity(limits),
    floor,
    isFloorNew: command.measure,
    plan: plan === null ? null : { summary: summarize(plan), findings },
  }
  const color = command.color && stdout.isTTY === true && stdout.hasColors()
  await writeText(
    stdout,
    command.json ? renderJson(diagnosis) : renderDoctor(diagnosis, { width: stdout.columns || 80, color }),
  )
  return findings.some(({ severity }) => severity === 'error') ? EXIT.usage : EXIT.passed
}

async function measure(stderr: NodeJS.WriteStream, signal: AbortSignal): Promise<Floor> {
  // Loaded here: it brings the whole generator along.
  const { measureFloor } = await import('../floor/measure-floor.ts')
  const floor = await measureFloor({ onStep: (words) => stderr.write(`measuring ${words}\n`), signal })
  await writeText(stderr, `${keep(floor)}\n`)
  return floor
}

/** What a disturbed machine showed does not take the place of what a quiet one did. */
function keep(floor: Floor): string {
  if (floor.messagesPerSecondPerCore === null) return 'not kept: the machine was busy with something else'
  try {
    return `kept in ${writeFloor(floor)}`
  } catch (error) {
    return `not kept: ${(error as Error).message}`
  }
}

function summarize({ tests }: RunPlan): string {
  const { target } = tests[0]!
  const connections = Math.max(...tests.map(countConnections))
  const workers = Math.max(...tests.map((test) => test.workers))
  const [url] = target.urls
  const more = target.urls.length > 1 ? ` and ${target.urls.length - 1} more` : ''
  const where =
    url === undefined ? `the demo ${target.serve?.[0] ?? 'echo'} server` : `${redactUrl(url)}${more}`
  return `${formatPlural(connections, 'connection')} to ${where}, ${formatPlural(workers, 'worker')}`
}

function renderJson({ tool, environment, limits, capacity, floor, plan }: Diagnosis): string {
  const document = { tool, environment, limits, capacity, floor, plan }
  return `${JSON.stringify(document, null, 2)}\n`
}
