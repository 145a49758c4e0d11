/** All cases by name, in the order in which they run. */
import { CONNECTION_CASES } from './connection-cases.mjs'
import { COUNT_CASES } from './count-cases.mjs'
import { LATENCY_CASES } from './latency-cases.mjs'

export const CASES = { ...LATENCY_CASES, ...COUNT_CASES, ...CONNECTION_CASES }
