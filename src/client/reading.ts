/** What /ws/stats and /ws/online say, in whatever words the server has for it. Pure. */

export interface Figure {
  readonly name: string
  readonly value: number
  /** For counters, since the reading before; null when there is none or the server has started again. */
  readonly perSec: number | null
}

export interface Reading {
  /** Of the scheduler. */
  readonly atMs: number
  readonly figures: readonly Figure[]
  readonly online: readonly string[]
}

const COUNTER = /^(?:total|messages)_|_total$|^(?:refused|cleaned_up)_connections$/

/** Numbers of the statistics, nested ones as `messages_by_type.text`, and the names of who is online. */
export function readFigures(stats: object, online: object, atMs: number, before: Reading | null): Reading {
  const earlier = new Map(before?.figures.map(({ name, value }) => [name, value]))
  const seconds = before === null ? 0 : (atMs - before.atMs) / 1000
  const figures = listNumbers(stats, '').map(([name, value]) => {
    const change = value - (earlier.get(name) ?? Number.NaN)
    const isRate = COUNTER.test(name) && seconds > 0 && change >= 0
    return { name, value, perSec: isRate ? change / seconds : null }
  })
  return { atMs, figures, online: listNames(online) }
}

function listNumbers(value: object, prefix: string): [name: string, value: number][] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const name = `${prefix}${key}`
    if (typeof inner === 'number') return [[name, inner] as [string, number]]
    if (typeof inner === 'object' && inner !== null && prefix === '') return listNumbers(inner, `${name}.`)
    return []
  })
}

/** From a list, or the first list in an object: texts, or objects with a username or an id. */
function listNames(online: object): string[] {
  const list: unknown = Array.isArray(online) ? online : Object.values(online).find(Array.isArray)
  return Array.isArray(list) ? list.map(nameOf) : []
}

function nameOf(user: unknown): string {
  if (typeof user !== 'object' || user === null) return String(user)
  const { username, user_id, id } = user as Readonly<Record<string, unknown>>
  return String(username ?? user_id ?? id ?? JSON.stringify(user))
}
