import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, test } from 'vitest'
import { linesOf, runStress, widthOf } from './stress.ts'

const folder = mkdtempSync(join(tmpdir(), 'stress-doctor-'))
afterAll(() => rmSync(folder, { recursive: true }))
/** No floor of this machine's user plays a part. */
const env = { XDG_CACHE_HOME: folder }

interface Document {
  readonly limits: { readonly fdLimit: number | null }
  readonly capacity: { readonly oneProcess: number | null }
  readonly floor: unknown
  readonly plan: { readonly findings: readonly { readonly severity: string; readonly code: string }[] } | null
}

describe('stress doctor', () => {
  it('describes the machine on one screen', async () => {
    const { code, stdout, stderr } = await runStress(['doctor'], { env })
    expect([code, stderr]).toEqual([0, ''])
    expect(linesOf(stdout).length).toBeLessThanOrEqual(25)
    expect(widthOf(stdout)).toBeLessThanOrEqual(80)
    expect(stdout).toContain('not measured yet: stress doctor --measure')
  })

  it('as JSON knows the limit that it was started with', async () => {
    const { code, stdout } = await runStress(['doctor', '--json'], { env, openFiles: 500 })
    const { limits, capacity, floor, plan } = JSON.parse(stdout) as Document
    expect([code, limits.fdLimit, capacity.oneProcess, floor, plan]).toEqual([0, 500, 420, null, null])
  })

  it('holds a plan against it: several processes are no obstacle', async () => {
    const { code, stdout } = await runStress(['doctor', '-c', '600'], { env, openFiles: 500 })
    expect(code).toBe(0)
    expect(stdout).toContain('600 connections need 2 processes (each may open 500 files)')
  })

  it('an audience that does not fit into one process is refused with exit code 2', async () => {
    const args = ['doctor', '--test-type', 'broadcast', '-c', '600']
    const { code, stdout } = await runStress(args, { env, openFiles: 500 })
    expect(code).toBe(2)
    expect(stdout).toMatch(/^CANNOT RUN {2}601 connections to the demo broadcast server/m)
    const asJson = await runStress([...args, '--json'], { env, openFiles: 500 })
    const { plan } = JSON.parse(asJson.stdout) as Document
    expect(asJson.code).toBe(2)
    expect(plan?.findings.filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'descriptors' },
    ])
  })

  it('reads a scenario, and starts and connects to nothing', async () => {
    const path = join(folder, 'plan.yaml')
    writeFileSync(path, 'url: ws://127.0.0.1:1\nconnections: 7\n')
    const { code, stdout } = await runStress(['doctor', path, '--', 'no-such-program'], { env })
    expect(code).toBe(0)
    expect(stdout).toContain('7 connections to ws://127.0.0.1:1')
  })

  test.each([
    [['doctor', '--mesure'], '--mesure: is not an option'],
    [['doctor', '-c', 'many'], "--connections 'many'"],
  ])('a mistake exits with 2: %j', async (args, text) => {
    const { code, stdout, stderr } = await runStress(args, { env })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(text)
  })

  it('shows no password, query value or token', async () => {
    const url = 'ws://me:Okapi-pass@127.0.0.1:9/x?key=Gnu-key&token={token}'
    const args = ['doctor', url, '--token', 'Zebra-token', '-H', 'X-Api-Key: Ibex']
    for (const more of [[], ['--json']]) {
      const { stdout, stderr } = await runStress([...args, ...more], { env })
      expect(stdout).toContain('127.0.0.1:9/x')
      expect(stdout + stderr).not.toMatch(/Okapi|Gnu|Zebra|Ibex/)
    }
  })
})
