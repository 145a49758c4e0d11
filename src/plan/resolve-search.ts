/** What a capacity test looks for, and when a load counts as held. */
import type { Mistake } from '../errors.ts'
import type { Settings } from './option-table.ts'
import type { Plan, Search, SearchedLoad } from './plan.ts'
import { withLoad } from './search-load.ts'
import { describeConflict } from './settings.ts'

const USUAL_FROM: Readonly<Record<SearchedLoad, number>> = {
  rate: 1000,
  connections: 100,
  'connect-rate': 100,
}

/** When no threshold says what is asked of the server. */
const USUAL_OBJECTIVES: Readonly<Record<SearchedLoad, readonly string[]>> = {
  rate: ['response_time:p(99)<100ms', 'error_ratio<0.1%'],
  connections: ['response_time:p(99)<100ms', 'error_ratio<0.1%'],
  'connect-rate': ['connect_time:p(99)<1s', 'error_ratio<0.1%'],
}

export function resolveSearch(settings: Settings, mistakes: Mistake[]): Search {
  const { find, from, upTo, precision, repeats, messageRate, connections } = settings
  const of = find?.value ?? 'rate'
  const first = from?.value ?? Math.min(USUAL_FROM[of], upTo?.value ?? Number.POSITIVE_INFINITY)
  if (upTo !== undefined && upTo.value < first) {
    const problem = `is under the first load, ${first}`
    mistakes.push(describeConflict('upTo', upTo, problem, 'a load from --from', '--from 100 --up-to 20k'))
  }
  if (of !== 'connections' && messageRate !== undefined) {
    const problem = `cannot go with --find ${of}, which sets what is sent`
    mistakes.push(
      describeConflict('messageRate', messageRate, problem, 'with --find connections', '--find connections'),
    )
  }
  if (of !== 'rate' && connections !== undefined) {
    const problem = `cannot go with --find ${of}, which sets the number of connections`
    mistakes.push(describeConflict('connections', connections, problem, 'with --find rate', '--from 100'))
  }
  return {
    of,
    from: first,
    upTo: upTo?.value ?? null,
    precision: precision?.value ?? 0.03,
    repeats: repeats?.value ?? 3,
    objectives: USUAL_OBJECTIVES[of],
  }
}

/** Names of metrics that a search itself gives: a threshold on one of them is held against the answer. */
const OF_THE_ANSWER = /^(?:capacity\/)?capacity(?::|\s*[<>=!])/

/**
 * In a capacity test thresholds are what each load is held against, but for those on `capacity`, which are held against the
 * answer. Gives the tests with their objectives, at their first load, and the thresholds that are left.
 */
export function dealOutThresholds(
  tests: readonly Plan[],
  thresholds: readonly string[],
): { tests: readonly Plan[]; thresholds: readonly string[] } {
  if (tests.every(({ search }) => search === null)) return { tests, thresholds }
  const gates = thresholds.filter((expression) => OF_THE_ANSWER.test(expression))
  const asked = thresholds.filter((expression) => !gates.includes(expression))
  return {
    thresholds: gates,
    tests: tests.map((test) => {
      if (test.search === null) return test
      const search = asked.length === 0 ? test.search : { ...test.search, objectives: asked }
      return { ...withLoad(test, search, search.from), testType: test.testType, search }
    }),
  }
}
