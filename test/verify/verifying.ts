/** Runs the checks of a dialect against one of our servers, as it is or with a behaviour broken on purpose. */
import { FaultInjector } from '../../src/servers/faults.ts'
import { startHost } from '../../src/servers/host.ts'
import type { ServerName } from '../../src/servers/names.ts'
import { SERVERS } from '../../src/servers/registry.ts'
import type { Service } from '../../src/servers/service.ts'
import type { CheckResult } from '../../src/verify/check.ts'
import type { VerifyTarget } from '../../src/verify/lab.ts'
import { runChecks } from '../../src/verify/run-checks.ts'
import { SUITES } from '../../src/verify/suites.ts'

export const SECRET = 'a secret of the tests, 32 characters'

export interface VerifyingOptions {
  readonly server?: ServerName
  /** What the server gets instead of its own service. */
  readonly breaks?: (service: Service) => Service
  readonly target?: Partial<VerifyTarget>
  /** Of the server; the target expects the same. */
  readonly intervalMs?: number | null
  /** The only check to do. */
  readonly only?: string
}

/** The results of all checks of `dialect`. */
export async function verify(dialect: ServerName, options: VerifyingOptions = {}): Promise<CheckResult[]> {
  const { server = dialect, breaks = (service) => service, intervalMs = null } = options
  const kind = SERVERS[server]
  const faults = new FaultInjector()
  const service = breaks(kind.create({ faults, intervalMs, pongLimit: null, jwtSecret: SECRET }))
  const host = await startHost([{ prefix: '', kind, service }], {
    port: 0,
    host: '127.0.0.1',
    compress: false,
    index: null,
  })
  const httpUrl = `http://127.0.0.1:${host.port}`
  const target: VerifyTarget = {
    dialect,
    url: `${kind.scheme}://127.0.0.1:${host.port}${kind.path}`,
    httpUrl,
    headers: {},
    insecure: false,
    jwtSecret: dialect === 'momentum' ? SECRET : null,
    tokens: [],
    intervalMs,
    slow: false,
    fresh: true,
    timeoutMs: 2000,
    ...options.target,
  }
  const checks = SUITES[dialect]!.filter(({ name }) => options.only === undefined || options.only === name)
  const results: CheckResult[] = []
  try {
    await runChecks(checks, target, {
      signal: new AbortController().signal,
      onResult: (result) => results.push(result),
    })
  } finally {
    faults.close()
    await host.close()
  }
  return results
}

/** One line for each check in that state. */
export function namesOf(results: readonly CheckResult[], state: 'pass' | 'fail' | 'skip'): string[] {
  return results.filter(({ outcome }) => outcome.state === state).map(({ name }) => name)
}
