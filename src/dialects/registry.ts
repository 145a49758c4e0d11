/** Every dialect by its name, and the user's own by their paths. */
import { binary } from './binary.ts'
import { broadcast } from './broadcast.ts'
import { chatJson } from './chat-json.ts'
import { chatNamed } from './chat-named.ts'
import { chatNumbered } from './chat-numbered.ts'
import type { Dialect } from './dialect.ts'
import { echo } from './echo.ts'
import { feed } from './feed.ts'
import { heartbeat } from './heartbeat.ts'
import { momentum } from './momentum.ts'
import { notifications } from './notifications.ts'
import { rooms } from './rooms.ts'
import { sse } from './sse.ts'

/** In the order of lists. */
export const DIALECTS: Readonly<Record<string, Dialect>> = {
  echo,
  'echo-axum': { ...echo, name: 'echo-axum', description: 'as echo; text comes back behind "回显: "' },
  'echo-axum-en': { ...echo, name: 'echo-axum-en', description: 'as echo; text comes back behind "Echo: "' },
  broadcast,
  'chat-numbered': chatNumbered,
  'chat-named': chatNamed,
  'chat-json': chatJson,
  rooms,
  binary,
  notifications,
  feed,
  sse,
  heartbeat,
  momentum,
}

/** The user's own dialects of this thread, by absolute path. */
const own = new Map<string, Dialect>()

/** Before the names of dialects that are objects of this thread: no name or path of a dialect begins so. */
const OBJECT = 'object:'
let objects = 0

/** Makes a dialect without a module known to findDialect() of this thread, under the name that is returned. */
export function registerObject(dialect: Dialect): string {
  objects += 1
  const name = `${OBJECT}${dialect.name}#${objects}`
  own.set(name, dialect)
  return name
}

export function forgetObject(name: string): void {
  own.delete(name)
}

/** Its functions are of this thread, and no other thread or process can have them. */
export function isObjectDialect(name: string): boolean {
  return name.startsWith(OBJECT)
}

/** The name that reports show. */
export function shownName(name: string): string {
  return isObjectDialect(name) ? name.slice(OBJECT.length).replace(/#\d+$/, '') : name
}

/** Makes a loaded module known to findDialect(). */
export function registerDialect(absolutePath: string, dialect: Dialect): void {
  own.set(absolutePath, dialect)
}

/** The dialect of that name, or a user's own that was loaded from that path; undefined: there is none. */
export function findDialect(name: string): Dialect | undefined {
  return Object.hasOwn(DIALECTS, name) ? DIALECTS[name] : own.get(name)
}
