import type { ComparisonResult } from '../../result/comparison-schema.ts'

export function renderComparisonJson(result: ComparisonResult): string {
  return `${JSON.stringify(result, null, 2)}\n`
}
