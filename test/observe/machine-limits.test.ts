import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { measureCapacity } from '../../src/observe/machine-capacity.ts'
import { countLocalPorts, countUsableCores, readMachineLimits } from '../../src/observe/machine-limits.ts'
import { countListedPorts, parseCount, parseOpenFilesHardLimit } from '../../src/observe/proc-text.ts'
import { LIMITS, UNKNOWN_LIMITS } from './limits.ts'

test.each([
  ['Max open files            1024                 524288               files     \n', 524_288],
  ['Max open files            unlimited            unlimited            files     \n', null],
  ['', null],
])('the hard limit in %j is %j', (text, hard) => {
  expect(parseOpenFilesHardLimit(`Max processes             1 2 processes\n${text}`)).toBe(hard)
})

test.each([
  ['4096\n', 4096],
  ['593\t0\t2466183\n', 593],
  ['', null],
  ['max\n', null],
])('the count in %j is %j', (text, count) => {
  expect(parseCount(text)).toBe(count)
})

test.each([
  ['\n', 0],
  ['8080\n', 0],
  ['40000,40010-40019\n', 11],
  ['32000-32769\n', 2],
  ['60999-65535\n', 1],
  ['x\n', 0],
])('%j takes %i ports of the range', (text, count) => {
  expect(countListedPorts(text, [32_768, 60_999])).toBe(count)
})

test('ports that are reserved are none to connect from', () => {
  expect(countLocalPorts({ portRange: [32_768, 60_999], portsReserved: 32 })).toBe(28_200)
  expect(countLocalPorts({ portRange: null, portsReserved: 0 })).toBeNull()
})

test.each([
  [{ cpus: 8, cpusAllowed: null, cpuQuota: null }, 8],
  [{ cpus: 8, cpusAllowed: 4, cpuQuota: null }, 4],
  [{ cpus: 8, cpusAllowed: 4, cpuQuota: 1.5 }, 1.5],
  [{ cpus: 8, cpusAllowed: 4, cpuQuota: 6 }, 4],
])('%j leaves %d cores', (cores, usable) => {
  expect(countUsableCores(cores)).toBe(usable)
})

describe('measureCapacity', () => {
  test('says what each limit alone allows', () => {
    expect(measureCapacity(LIMITS)).toEqual({
      oneProcess: 19_920,
      allProcesses: 1_274_880,
      processes: 64,
      systemFiles: 999_000,
      oneDestination: 28_232,
      handshakes: 2048,
      tracked: 262_134,
      memory: 988_750,
      memoryWithDemo: 206_578,
      cores: 8,
      workers: 7,
    })
  })

  test('is null where nothing is known', () => {
    const { oneProcess, allProcesses, systemFiles, oneDestination, handshakes, tracked } =
      measureCapacity(UNKNOWN_LIMITS)
    expect([oneProcess, allProcesses, systemFiles, oneDestination, handshakes, tracked]).toEqual(
      Array(6).fill(null),
    )
  })
})

describe.runIf(process.platform === 'linux')('on this machine', () => {
  test('the limits are those that a shell tells', () => {
    const shell = (line: string): string => execFileSync('sh', ['-c', line], { encoding: 'utf8' }).trim()
    const limits = readMachineLimits()
    expect(limits.fdLimit).toBe(Number(shell('ulimit -n')))
    expect(limits.fdHardLimit).toBe(Number(shell('ulimit -H -n')))
    expect(limits.portRange).toEqual(
      shell('cat /proc/sys/net/ipv4/ip_local_port_range').split(/\s+/).map(Number),
    )
    expect(limits.acceptQueue).toBe(Number(shell('cat /proc/sys/net/core/somaxconn')))
    expect(limits.cpusAllowed).toBe(Number(shell('nproc')))
    expect(limits).toMatchObject({ system: 'linux', portsInUse: 0, portsInTimeWait: 0 })
  })
})
