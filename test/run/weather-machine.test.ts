/** When this machine runs out of something the run is invalid, by class, and the exit code says so. Needs dist. */
import { execFileSync } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { runBuilt, runUnchecked } from '../support/built.ts'
import { countsOf, errorsOf, expectBalance } from '../support/weather.ts'

let server: BadServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

describe('too few file descriptors, because others have taken them', () => {
  it('some connections fail as fd-limit: invalid, exit 4 when validity was asked for', async () => {
    server = await startBadServer('echo')
    const { code, result } = await runBuilt(
      'ulimit -n 320; exec',
      `${server.url} -c 230 -m 1 -w 1 --require-valid`,
      100,
    )
    const test = result.tests[0]!
    expectBalance(test)
    const { opened, failed } = countsOf(test)
    expect(opened).toBeGreaterThan(0)
    expect(failed).toBeGreaterThan(20)
    expect(errorsOf(test)['fd-limit EMFILE']).toBe(failed)
    expect(test.validity).toMatchObject({ state: 'invalid', limitedBy: 'generator' })
    expect(test.validity.reasons[0]?.code).toBe('fd-limit')
    expect(code).toBe(4)
  })

  it('without --require-valid the run passes, and still says invalid', async () => {
    server = await startBadServer('echo')
    const { code, result } = await runBuilt('ulimit -n 320; exec', `${server.url} -c 230 -m 1 -w 1`, 100)
    expect(result.summary.validity).toBe('invalid')
    expect(code).toBe(0)
  })
})

/** A network of its own with ten local ports, then the command that follows. */
const TEN_PORTS =
  'ip link set lo up && echo 40000 40009 > /proc/sys/net/ipv4/ip_local_port_range && exec "$0" "$@"'

function canIsolate(): boolean {
  try {
    execFileSync('unshare', ['-n', 'sh', '-c', TEN_PORTS, 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const isolated = canIsolate()
const reason = isolated ? '' : ' (skipped: needs root and unshare for a network of its own)'

describe.runIf(isolated)(`too few ports${reason}`, () => {
  it('a loopback server is connected to from several addresses', async () => {
    const { code, result } = await runBuilt(`exec unshare -n sh -c '${TEN_PORTS}'`, '-c 30 -m 1 -w 1')
    const test = result.tests[0]!
    expect(countsOf(test)).toMatchObject({ opened: 30, failed: 0, received: 30 })
    expect(test.warnings.map((warning) => warning.code)).toContain('source-addresses')
    expect(code).toBe(0)
  })

  it('connections beyond them fail as no-ports: invalid', async () => {
    // The server has to be in the same network: the demo server is.
    const args = '-c 30 -m 1 -w 1 --source-ip 127.0.0.1'
    const { code, result } = await runUnchecked(`exec unshare -n sh -c '${TEN_PORTS}'`, args)
    const test = result.tests[0]!
    expectBalance(test)
    const { opened, failed } = countsOf(test)
    expect(opened).toBeGreaterThan(0)
    expect(failed).toBeGreaterThanOrEqual(20)
    expect(errorsOf(test)['no-ports EADDRINUSE']).toBe(failed)
    expect(test.validity).toMatchObject({ state: 'invalid', limitedBy: 'generator' })
    expect(test.validity.reasons[0]?.code).toBe('no-ports')
    expect(code).toBe(0)
  })
})
