/** The library as it is shipped: its threads need the built files. */
import type * as library from '../../src/index.ts'

const built: string = new URL('../../dist/index.js', import.meta.url).href
export const { createPlan, evaluateThresholds, formatTable, run, RunError, UsageError } = (await import(
  built
)) as typeof library
