import { describe, expect, test } from 'vitest'
import { readEnvironment, readFreeMemory } from '../../src/observe/environment.ts'
import { type RunResult, runResult } from '../../src/result/run-result.ts'

describe('readEnvironment', () => {
  test('has the form that the result asks for', () => {
    const environment: Omit<RunResult['environment'], 'floor'> = readEnvironment()
    expect(runResult.shape.environment.omit({ floor: true }).parse(environment)).toEqual(environment)
    expect(environment.node).toBe(process.version)
    expect(environment.cpus).toBeGreaterThan(0)
  })

  test.runIf(process.platform === 'linux')('reads the limits of this process', () => {
    const { cpusAllowed, fdLimit, portRange, cpus } = readEnvironment()
    expect(cpusAllowed).toBeGreaterThan(0)
    expect(cpusAllowed).toBeLessThanOrEqual(cpus)
    expect(fdLimit ?? Number.POSITIVE_INFINITY).toBeGreaterThan(100)
    expect(portRange![1]).toBeGreaterThan(portRange![0])
  })

  test.each([
    [{ CI: 'true' }, true],
    [{ CI: '1' }, true],
    [{ CI: 'woodpecker' }, true],
    [{ CI: 'false' }, false],
    [{ CI: '0' }, false],
    [{ CI: '' }, false],
    [{}, false],
  ])('%j in the environment: ci is %s', (env, ci) => {
    expect(readEnvironment(env).ci).toBe(ci)
  })
})

test('readFreeMemory is at most what the machine has', () => {
  expect(readFreeMemory()).toBeGreaterThan(0)
  expect(readFreeMemory()).toBeLessThanOrEqual(readEnvironment().memoryBytes)
})
