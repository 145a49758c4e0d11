/** The user's module with a flow. */
import { pathToFileURL } from 'node:url'
import { allowTypeScript } from './allow-typescript.ts'
import { describeThrown, findPlace } from './describe-error.ts'
import type { AnyFlow } from './flow.ts'

/** The flow of a module, or what is wrong with it in one clause. */
export type LoadedFlow =
  | { readonly ok: true; readonly flow: AnyFlow }
  | { readonly ok: false; readonly problem: string }

/** Imports the module at an absolute path; the same one is loaded once a thread. */
export async function loadFlow(path: string): Promise<LoadedFlow> {
  try {
    if (/\.[cm]?ts$/i.test(path)) await allowTypeScript()
    const exported = (await import(pathToFileURL(path).href)) as { default?: unknown }
    if (typeof exported.default === 'function') return { ok: true, flow: exported.default as AnyFlow }
    const problem =
      exported.default === undefined ? 'has no default export' : 'exports no function by default'
    return { ok: false, problem }
  } catch (error) {
    const place = findPlace(error)
    const where = place === null ? '' : ` (${place.file}:${place.line})`
    // Node says where it looked, which is a path of this machine.
    const message = describeThrown(error, []).replace(/ imported from .*/, '')
    return { ok: false, problem: `cannot be loaded: ${message}${where}` }
  }
}
