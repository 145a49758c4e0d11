/** `stress serve [NAME] [--port N] [--host H]`. */
import { Parser } from 'yargs/helpers'
import { type Mistake, UsageError } from '../errors.ts'
import { suggestName } from '../plan/suggest.ts'

export interface ServeCommand {
  readonly command: 'serve'
  readonly name: string
  /** 0: a free one; null: the server's own. */
  readonly port: number | null
  readonly host: string
}

const OPTION_NAMES = ['port', 'host']

/**
 * Reads what stands behind `stress serve`. STRESS_PORT and STRESS_HOST count only when they can be meant: a Kubernetes
 * service called "stress" sets STRESS_PORT to `tcp://10.0.0.1:9001`.
 * @throws UsageError with every mistake
 */
export function parseServe(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ServeCommand {
  const mistakes: Mistake[] = []
  const { _: positionals, ...options } = Parser([...argv], {
    string: ['_', ...OPTION_NAMES],
    configuration: {
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': true,
    },
  })
  for (const name of Object.keys(options)) {
    if (!OPTION_NAMES.includes(name)) mistakes.push(describeUnknown(name))
  }
  const [name = 'echo', extra] = positionals.map(String)
  if (extra !== undefined)
    mistakes.push(describe('argument', extra, 'is one too many', 'one server', 'stress serve echo'))
  const port = readOne('port', options.port, mistakes) ?? readNumber(env.STRESS_PORT)
  if (port !== null && (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)) {
    mistakes.push(describe('--port', port, 'is not a port', '0 (a free one) to 65535', '--port 9001'))
  }
  const host = readOne('host', options.host, mistakes) ?? env.STRESS_HOST ?? '127.0.0.1'
  if (mistakes.length > 0) throw new UsageError(mistakes)
  return {
    command: 'serve',
    name,
    port: port === null ? null : Number(port),
    host: host === '' ? '127.0.0.1' : host,
  }
}

function readOne(name: string, value: unknown, mistakes: Mistake[]): string | null {
  if (value === undefined) return null
  if (typeof value === 'string' && value !== '') return value
  const problem = Array.isArray(value) ? 'is given twice' : 'has no value'
  mistakes.push(
    describe(`--${name}`, '', problem, 'one value', name === 'port' ? '--port 9001' : '--host 0.0.0.0'),
  )
  return null
}

function readNumber(text: string | undefined): string | null {
  return text !== undefined && /^\d+$/.test(text) ? text : null
}

function describeUnknown(name: string): Mistake {
  const near = suggestName(name, OPTION_NAMES)
  const meant = near === null ? '' : `; did you mean --${near}`
  const where = name.length === 1 ? `-${name}` : `--${name}`
  return describe(where, '', `is not an option of serve${meant}`, '--port N, --host H', '--port 9001')
}

function describe(where: string, value: string, problem: string, accepted: string, example: string): Mistake {
  return { where, value, problem, accepted, example }
}
