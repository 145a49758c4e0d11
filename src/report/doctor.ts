/** What `stress doctor` says, as text for a terminal. Pure. */
import type { Environment } from '../observe/environment.ts'
import type { Floor } from '../observe/floor-cache.ts'
import type { MachineCapacity } from '../observe/machine-capacity.ts'
import type { MachineLimits } from '../observe/machine-limits.ts'
import type { Finding } from '../observe/preflight/finding.ts'
import { findingLines, findingsVerdict } from './doctor-findings.ts'
import { floorLines } from './doctor-floor.ts'
import { machineTable } from './doctor-machine.ts'
import { createPaint } from './paint.ts'
import { clip } from './wrap.ts'

export interface Diagnosis {
  readonly tool: { readonly name: string; readonly version: string }
  readonly environment: Pick<Environment, 'node' | 'os' | 'cpuModel'>
  readonly limits: MachineLimits
  readonly capacity: MachineCapacity
  readonly floor: Floor | null
  /** The floor was measured just now, and is asked for beside a plan too. */
  readonly isFloorNew: boolean
  /** Null: no plan was given. */
  readonly plan: { readonly summary: string; readonly findings: readonly Finding[] } | null
}

export interface DoctorOptions {
  readonly width: number
  readonly color: boolean
}

const MOST_LINES = 25

/** At most 25 lines, unless more than that is wrong. */
export function renderDoctor(diagnosis: Diagnosis, { width, color }: DoctorOptions): string {
  const { tool, environment, limits, capacity, floor, isFloorNew, plan } = diagnosis
  const paint = createPaint(color)
  const { node, os, cpuModel } = environment
  const title = clip(`${tool.name} ${tool.version}  doctor  ${os}, node ${node}, ${cpuModel}`, width)
  if (plan === null) {
    const lines = [paint.strong(title), '', ...machineTable(limits, capacity, paint), '']
    return `${[...lines, ...floorLines(floor, width, paint)].join('\n')}\n`
  }
  const verdict = `${findingsVerdict(plan.findings, paint)}  ${plan.summary}`
  const head = [paint.strong(title), verdict, '']
  const body = findingLines(plan.findings, { width, most: MOST_LINES - head.length }, paint)
  const measured = isFloorNew ? ['', ...floorLines(floor, width, paint)] : []
  return `${[...head, ...body, ...measured].join('\n')}\n`
}
