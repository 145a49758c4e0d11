/** The named steps of flows: `step_time{step=…}` and `steps_failed{step=…}`, with several groups of each group too. */
import { mergeSteps, type StepFigures } from '../record/step-board.ts'
import { encodeHistogram, toTrendMetric } from './histogram.ts'
import type { Measurements } from './measurements.ts'
import type { Metric } from './run-result.ts'

type Steps = Pick<Measurements, 'plan' | 'steps'>

export function deriveStepMetrics({ plan, steps }: Steps): Record<string, Metric> {
  const several = plan.groups.length > 1
  const ofGroups = steps.flatMap((list, index) =>
    several ? list.flatMap((step) => listMetrics(step, `group=${plan.groups[index]!.name},`)) : [],
  )
  return Object.fromEntries([...mergeSteps(steps).flatMap((step) => listMetrics(step, '')), ...ofGroups])
}

/** As result/histogram writes them, by the names of the metrics; of groups none are kept. */
export function deriveStepHistograms({ steps }: Pick<Steps, 'steps'>): Record<string, string> {
  return Object.fromEntries(
    mergeSteps(steps).flatMap(({ name, trend }) =>
      trend === null
        ? []
        : [[`step_time{step=${name}}`, encodeHistogram(trend.counts, trend.min, trend.max)]],
    ),
  )
}

function listMetrics({ name, trend, failed }: StepFigures, group: string): [string, Metric][] {
  const tags = `{${group}step=${name}}`
  return [
    [`step_time${tags}`, toTrendMetric(trend, failed)],
    [`steps_failed${tags}`, { type: 'counter', unit: 'count', count: failed, rate: null }],
  ]
}
