import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  countFittingConnections,
  countProcesses,
  countSourceAddresses,
  MAX_PROCESSES,
} from '../../src/observe/processes.ts'

describe('countProcesses', () => {
  test.each([
    { connections: 1, workers: 1, fdLimit: 20_000, processes: 1 },
    { connections: 19_920, workers: 1, fdLimit: 20_000, processes: 1 },
    { connections: 19_921, workers: 1, fdLimit: 20_000, processes: 2 },
    { connections: 25_000, workers: 1, fdLimit: 20_000, processes: 2 },
    { connections: 19_904, workers: 2, fdLimit: 20_000, processes: 1 },
    { connections: 19_905, workers: 2, fdLimit: 20_000, processes: 2 },
    { connections: 300, workers: 1, fdLimit: 200, processes: 3 },
    { connections: 1_000_000, workers: 1, fdLimit: 1024, processes: MAX_PROCESSES },
    { connections: 10, workers: 1, fdLimit: 64, processes: MAX_PROCESSES },
    { connections: 1_000_000, workers: 1, fdLimit: null, processes: 1 },
  ])('$connections connections, $workers workers, $fdLimit files: $processes', ({ processes, ...given }) => {
    expect(countProcesses(given)).toBe(processes)
  })

  test('gives the fewest that hold them all', () => {
    const given = fc.record({
      connections: fc.integer({ min: 1, max: 60_000 }),
      workers: fc.integer({ min: 1, max: 32 }),
      fdLimit: fc.integer({ min: 1200, max: 30_000 }),
    })
    fc.assert(
      fc.property(given, ({ connections, ...rest }) => {
        const processes = countProcesses({ connections, ...rest })
        expect(countFittingConnections({ processes, ...rest })).toBeGreaterThanOrEqual(connections)
        if (processes > 1)
          expect(countFittingConnections({ processes: processes - 1, ...rest })).toBeLessThan(connections)
      }),
    )
  })
})

describe('countSourceAddresses', () => {
  test.each([
    { connections: 26_820, destinations: 1, ports: 28_232, addresses: 1 },
    { connections: 26_821, destinations: 1, ports: 28_232, addresses: 2 },
    { connections: 53_640, destinations: 2, ports: 28_232, addresses: 1 },
    // Bound, destinations share nothing.
    { connections: 53_641, destinations: 2, ports: 28_232, addresses: 3 },
    { connections: 30, destinations: 1, ports: 10, addresses: 4 },
    { connections: 1, destinations: 1, ports: 0, addresses: Number.POSITIVE_INFINITY },
  ])('$connections connections to $destinations from $ports ports: $addresses', ({ addresses, ...given }) => {
    expect(countSourceAddresses(given)).toBe(addresses)
  })
})
