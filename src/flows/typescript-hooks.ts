/** Module hooks (node:module) that strip the types of TypeScript; Node runs them in a thread of their own. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import stripper from '@swc/wasm-typescript'

interface Loaded {
  readonly format: string
  readonly source: string
  readonly shortCircuit: true
}

/** What the stripper throws is an object of this shape, and no Error. */
interface Refused {
  readonly message?: string
  readonly snippet?: string
  readonly startLine?: number
}

/** As node:module calls it. */
export async function load(
  url: string,
  context: unknown,
  nextLoad: (url: string, context: unknown) => Promise<unknown>,
): Promise<unknown> {
  if (!/^file:.*\.m?ts$/i.test(url)) return nextLoad(url, context)
  const path = fileURLToPath(url)
  const text = await readFile(path, 'utf8')
  return { format: 'module', source: strip(text, path), shortCircuit: true } satisfies Loaded
}

function strip(text: string, path: string): string {
  try {
    return stripper.transformSync(text, { mode: 'strip-only', module: true, filename: path }).code
  } catch (error) {
    const { message = String(error), startLine } = error as Refused
    const name = path.split(/[\\/]/).at(-1)
    throw new SyntaxError(`${name}${startLine === undefined ? '' : `:${startLine}`}: ${message}`)
  }
}
