/** What of a whole plan does not go together: groups with totals, tokens without a place. */
import { isDialectPath } from '../dialects/load-dialect.ts'
import { findDialect, isObjectDialect } from '../dialects/registry.ts'
import type { Mistake } from '../errors.ts'
import { findPlaceholders } from './placeholders.ts'
import type { Plan } from './plan.ts'
import type { Scenario } from './scenario.ts'
import { describeConflict, type Layer } from './settings.ts'

/** Groups have totals of their own, so totals for all of them would be counted twice. */
export function checkGroups({ groups }: Scenario, { settings }: Layer, mistakes: Mistake[]): void {
  if (groups.length === 0) return
  for (const name of ['connections', 'rate', 'publishers', 'subscribers', 'silentShare'] as const) {
    const setting = settings[name]
    if (setting === undefined) continue
    const problem = 'cannot be set for all, as each group of the scenario has its own'
    const example = name === 'rate' ? '--message-rate 1' : 'groups: [{name: a, connections: 10}]'
    mistakes.push(describeConflict(name, setting, problem, 'in the groups', example))
  }
  const names = new Set<string>()
  for (const { name, where, options } of groups) {
    const make = (problem: string, accepted: string): Mistake => ({
      where,
      value: name,
      problem,
      accepted,
      example: '{name: readers, connections: 10}',
    })
    if (names.has(name)) mistakes.push(make('has the name of another group', 'each name once'))
    if (!options.some((option) => option.name === 'connections')) {
      mistakes.push(make('does not say how many connections it has', 'connections in every group'))
    }
    names.add(name)
  }
}

/** An own dialect may use the token in what it sends on opening. */
function takesToken(name: string): boolean {
  return findDialect(name)?.tokenParameter !== undefined || isDialectPath(name) || isObjectDialect(name)
}

/** A `{token}` needs tokens, and tokens need a place to go. */
export function checkTokens({ settings, given }: Layer, tests: readonly Plan[], mistakes: Mistake[]): void {
  const places = [
    ...(settings.url ?? []).map((setting) => ({ name: 'url' as const, setting, text: setting.value })),
    ...(settings.header ?? []).map((setting) => ({
      name: 'header' as const,
      setting,
      text: setting.value[1],
    })),
  ]
  const users = places.filter(({ text }) => findPlaceholders(text).includes('token'))
  const groups = tests.flatMap((test) => test.groups)
  const inMessages = groups.some(
    ({ payload, onOpen }) =>
      (payload.kind === 'template' && payload.template.includes('{token}')) ||
      (onOpen?.includes('{token}') ?? false),
  )
  if (given.has('token') && given.has('jwtSecret')) {
    const problem = 'makes tokens, and there are tokens'
    const secret = settings.jwtSecret ?? { text: '', where: '--jwt-secret' }
    mistakes.push(describeConflict('jwtSecret', secret, problem, 'one of the two', '--token @tokens.txt'))
  }
  if (given.has('token') || given.has('jwtSecret')) {
    const name = given.has('token') ? 'token' : 'jwtSecret'
    const setting = settings.token?.[0] ?? settings.jwtSecret
    const byDialect = groups.some(({ dialect, flow }) => flow !== null || takesToken(dialect))
    if (setting === undefined || users.length > 0 || inMessages || byDialect) return
    const problem = 'is used nowhere: no {token} in a URL, a header or a message'
    const example = "-H 'Authorization: Bearer {token}'"
    mistakes.push(describeConflict(name, setting, problem, '{token} where it belongs', example))
    return
  }
  if (tests.some(({ target }) => target.jwtSecret !== null)) return
  const problem = 'uses {token}, but there are no tokens'
  for (const { name, setting } of users) {
    mistakes.push(describeConflict(name, setting, problem, 'with --token', '--token @tokens.txt'))
  }
  const message = settings.payload ?? settings.onOpen
  if (!inMessages) return
  const where = message?.where ?? 'payload'
  mistakes.push({ where, value: '', problem, accepted: 'with --token', example: '--token @tokens.txt' })
}
