import { RunError } from '../errors.ts'
import type { Dialect, Meaning } from './dialect.ts'

/**
 * A user's dialect whose functions may fail during a run. A frame at which `classify` throws is noise, for a reply that
 * nobody expected must not end a run; without its messages there is no run, so `write` and `opening` end it.
 */
export function guardDialect(given: Dialect): Dialect {
  const { write, opening, classify } = given
  function call<T>(what: string, run: () => T): T {
    try {
      return run()
    } catch (error) {
      throw new RunError(`${what}() of the dialect ${given.name} failed: ${describeError(error)}`)
    }
  }
  // Called on the object that was exported, in case they say `this`.
  return {
    ...pickFields(given),
    ...(write && { write: (content, context) => call('write', () => write.call(given, content, context)) }),
    ...(opening && { opening: (context) => call('opening', () => opening.call(given, context)) }),
    ...(classify && {
      classify: (text, client): Meaning => {
        try {
          return classify.call(given, text, client)
        } catch {
          return 'noise'
        }
      },
    }),
  }
}

/** Also those that a class instance inherits. */
function pickFields(given: Dialect): Dialect {
  const { name, audience, description, frames, transport, push, tokenParameter } = given
  return {
    name,
    audience,
    ...(description !== undefined && { description }),
    ...(frames !== undefined && { frames }),
    ...(transport !== undefined && { transport }),
    ...(push !== undefined && { push }),
    ...(tokenParameter !== undefined && { tokenParameter }),
  }
}

/** The first line of what was thrown. */
export function describeError(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0]!
}
