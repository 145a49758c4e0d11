import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CapacityLimits, type CapacityNeeds, checkCapacity } from '../../src/observe/preflight.ts'

const NEEDS: CapacityNeeds = { connections: 100, sourceIps: 0, addresses: 1, workers: 1, demo: false }
const LIMITS: CapacityLimits = {
  fdLimit: 100_000,
  portRange: [32_768, 60_999],
  freeMemoryBytes: 8_000_000_000,
}

function check(needs: Partial<CapacityNeeds>, limits: Partial<CapacityLimits> = {}) {
  return checkCapacity({ ...NEEDS, ...needs }, { ...LIMITS, ...limits })
}

describe('checkCapacity', () => {
  test('finds nothing when the machine is large enough', () => {
    expect(check({})).toEqual([])
  })

  test('finds nothing where the limits are unknown', () => {
    expect(
      check({ connections: 1_000_000 }, { fdLimit: null, portRange: null, freeMemoryBytes: 1e12 }),
    ).toEqual([])
  })

  test('too few descriptors: says how many are needed, how many there are and the command', () => {
    expect(check({ connections: 10_000 }, { fdLimit: 1024 })).toEqual([
      {
        severity: 'error',
        code: 'descriptors',
        value: 10_080,
        limit: 1024,
        message:
          '10,000 connections need 10,080 open files, this process may have 1,024; raise it in this shell: ' +
          'ulimit -n 10080 (as root), or sudo prlimit --pid $$ --nofile=10080:10080',
      },
    ])
  })

  test('descriptors: the last plan that fits passes, one connection more does not', () => {
    const fits = 20_000 - 64 - 2 * 16
    expect(check({ connections: fits, workers: 2 }, { fdLimit: 20_000 })).toEqual([])
    expect(check({ connections: fits + 1, workers: 2 }, { fdLimit: 20_000 })).toHaveLength(1)
  })

  test('too few ports: proposes the wider range when that is enough', () => {
    const [finding] = check({ connections: 40_000 })
    expect(finding).toMatchObject({ severity: 'error', code: 'ports', value: 40_000, limit: 28_232 })
    expect(finding!.message).toBe(
      '40,000 connections need as many local ports, there are 28,232 (32768-60999); widen the range: ' +
        'sudo sysctl -w net.ipv4.ip_local_port_range="1024 65535", or give --source-ip 2 addresses of this machine ' +
        '(of 127.0.0.0/8 for a local server)',
    )
  })

  test('too few ports: proposes only addresses when no range is wide enough', () => {
    const [finding] = check({ connections: 70_000 })
    expect(finding!.message).not.toContain('sysctl')
    expect(finding!.message).toContain('--source-ip 3 addresses')
  })

  test.each([
    { sourceIps: 0, addresses: 1, ports: 28_232 },
    { sourceIps: 0, addresses: 3, ports: 84_696 },
    { sourceIps: 2, addresses: 1, ports: 56_464 },
    { sourceIps: 2, addresses: 3, ports: 56_464 },
  ])('$sourceIps source addresses and $addresses destinations give $ports ports', ({ ports, ...ends }) => {
    expect(check({ connections: ports, ...ends })).toEqual([])
    expect(check({ connections: ports + 1, ...ends })).toMatchObject([{ code: 'ports', limit: ports }])
  })

  test('too little memory is a warning with the number of connections that fit', () => {
    const findings = check({ connections: 10_000, demo: true }, { freeMemoryBytes: 300_000_000 })
    expect(findings).toMatchObject([{ severity: 'warning', code: 'memory', value: 530_000_000 }])
    expect(findings[0]!.message).toBe(
      '10,000 connections take about 530 MB, the demo server included, 300 MB are free; 3,947 fit: --connections 3947',
    )
    expect(check({ connections: 3947, demo: true }, { freeMemoryBytes: 300_000_000 })).toEqual([])
  })

  test('names every limit that is too low at once', () => {
    const findings = check({ connections: 90_000 }, { fdLimit: 1024, freeMemoryBytes: 50_000_000 })
    expect(findings.map(({ code }) => code)).toEqual(['descriptors', 'ports', 'memory'])
  })

  test('a finding always needs more than there is', () => {
    const needs = fc.record({
      connections: fc.integer({ min: 1, max: 500_000 }),
      sourceIps: fc.nat(5),
      addresses: fc.integer({ min: 1, max: 5 }),
      workers: fc.integer({ min: 1, max: 64 }),
      demo: fc.boolean(),
    })
    fc.assert(
      fc.property(needs, (plan) => {
        const findings = check(plan, { fdLimit: 4096, freeMemoryBytes: 200_000_000 })
        for (const { value, limit } of findings) expect(value).toBeGreaterThan(limit)
      }),
    )
  })
})
