import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Floor } from '../../src/observe/floor-cache.ts'
import type { MachineLimits } from '../../src/observe/machine-limits.ts'
import { type Finding, type FindingCode, formatFinding } from '../../src/observe/preflight/finding.ts'
import type { CapacityNeeds } from '../../src/observe/preflight/needs.ts'
import { preflight } from '../../src/observe/preflight.ts'
import { LIMITS, NEEDS, UNKNOWN_LIMITS } from './limits.ts'

type Change<T> = Partial<T>

function check(
  needs: Change<CapacityNeeds>,
  limits: Change<MachineLimits> = {},
  floor: Floor | null = null,
): Finding[] {
  return preflight({ ...NEEDS, ...needs }, { ...LIMITS, ...limits }, floor)
}

function find(code: FindingCode, findings: readonly Finding[]): Finding {
  const found = findings.find((finding) => finding.code === code)
  if (found === undefined) throw new Error(`no finding ${code}`)
  return found
}

/** Those that stand in the way, as `severity code`. */
function problems(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ severity }) => severity !== 'ok')
    .map(({ severity, code }) => `${severity} ${code}`)
}

describe('preflight', () => {
  test('finds nothing in the way when the machine is large enough, and says what was looked at', () => {
    const findings = check({ target: 'demo' })
    expect(problems(findings)).toEqual([])
    expect(findings.filter(({ fix }) => fix !== null)).toEqual([])
    expect(findings.map(({ code }) => code)).toEqual([
      'descriptors',
      'server-descriptors',
      'system-files',
      'ports',
      'accept-queue',
      'conntrack',
      'memory',
      'cores',
    ])
  })

  test('finds nothing where the limits are unknown', () => {
    const findings = preflight(
      { ...NEEDS, connections: 1_000_000, oneProcess: true },
      { ...UNKNOWN_LIMITS, freeMemoryBytes: 1e12 },
    )
    expect(findings.map(({ severity, code, limit }) => [severity, code, limit])).toEqual([
      ['ok', 'descriptors', null],
      ['ok', 'ports', null],
      ['ok', 'memory', 1e12],
      ['ok', 'cores', 8],
    ])
  })

  /** What the plan needs and the machine has, and what comes of it with the last that fits and the first that does not. */
  test.each<[string, FindingCode, Change<CapacityNeeds>, Change<MachineLimits>, Finding['severity']]>([
    ['files of 64 processes', 'descriptors', { connections: 64 * 920 }, { fdLimit: 1000 }, 'ok'],
    ['and one more', 'descriptors', { connections: 64 * 920 + 1 }, { fdLimit: 1000 }, 'error'],
    ['an audience in one', 'descriptors', { connections: 920, oneProcess: true }, { fdLimit: 1000 }, 'ok'],
    ['and one more', 'descriptors', { connections: 921, oneProcess: true }, { fdLimit: 1000 }, 'error'],
    [
      'a demo that cannot be divided',
      'server-descriptors',
      { connections: 920, target: 'demo', demoDivides: false },
      { fdLimit: 1000 },
      'ok',
    ],
    [
      'and one more',
      'server-descriptors',
      { connections: 921, target: 'demo', demoDivides: false },
      { fdLimit: 1000 },
      'error',
    ],
    ['files of the machine', 'system-files', { connections: 4000 }, { filesMax: 5000 }, 'ok'],
    ['and one more', 'system-files', { connections: 4001 }, { filesMax: 5000 }, 'warning'],
    ['both ends here', 'system-files', { connections: 2001, target: 'here' }, { filesMax: 5000 }, 'warning'],
    ['ports', 'ports', { connections: 28_232 }, {}, 'ok'],
    ['and one more', 'ports', { connections: 28_233 }, {}, 'error'],
    ['reserved ports', 'ports', { connections: 28_133 }, { portsReserved: 100 }, 'error'],
    ['ports in use', 'ports', { connections: 28_133 }, { portsInUse: 100 }, 'warning'],
    ['ports in TIME_WAIT', 'ports', { connections: 28_133 }, { portsInTimeWait: 100 }, 'warning'],
    [
      'taken again by the kernel',
      'ports',
      { connections: 28_133 },
      { portsInTimeWait: 100, timeWaitReuse: 1 },
      'ok',
    ],
    ['on loopback only', 'ports', { connections: 28_133, target: 'here' }, { portsInTimeWait: 100 }, 'ok'],
    [
      'not when bound',
      'ports',
      { connections: 28_133, sourceIps: 1 },
      { portsInTimeWait: 100, timeWaitReuse: 1 },
      'warning',
    ],
    ['three destinations', 'ports', { connections: 84_696, destinations: 3 }, {}, 'ok'],
    ['and one more', 'ports', { connections: 84_697, destinations: 3 }, {}, 'error'],
    ['two sources', 'ports', { connections: 56_464, sourceIps: 2, destinations: 3 }, {}, 'ok'],
    ['and one more', 'ports', { connections: 56_465, sourceIps: 2, destinations: 3 }, {}, 'error'],
    ['loopback by itself', 'ports', { connections: 200_000, target: 'loopback' }, {}, 'ok'],
    [
      'unless told from where',
      'ports',
      { connections: 30_000, target: 'loopback', sourceIps: 1 },
      {},
      'error',
    ],
    ['handshakes', 'accept-queue', { connections: 9000, concurrency: 2048, target: 'here' }, {}, 'ok'],
    ['and one more', 'accept-queue', { connections: 9000, concurrency: 2049, target: 'here' }, {}, 'warning'],
    [
      'never more than connections',
      'accept-queue',
      { connections: 9, concurrency: 9999, target: 'here' },
      {},
      'ok',
    ],
    ['followed', 'conntrack', { connections: 990 }, { trackedMax: 1000 }, 'ok'],
    ['and one more', 'conntrack', { connections: 991 }, { trackedMax: 1000 }, 'warning'],
    ['memory', 'memory', {}, { freeMemoryBytes: 90_800_000 }, 'ok'],
    ['and one byte less', 'memory', {}, { freeMemoryBytes: 90_799_999 }, 'warning'],
    ['a process a core', 'cores', { connections: 8 * 920 }, { fdLimit: 1000 }, 'ok'],
    ['and one more', 'cores', { connections: 8 * 920 + 1 }, { fdLimit: 1000 }, 'warning'],
    ['workers', 'cores', { workers: 4 }, { cpusAllowed: 4 }, 'ok'],
    ['and one more', 'cores', { workers: 5 }, { cpusAllowed: 4 }, 'warning'],
    ['and a server here', 'cores', { workers: 4, target: 'loopback' }, { cpusAllowed: 4 }, 'warning'],
    ['one core for both', 'cores', { target: 'demo' }, { cpusAllowed: 1 }, 'warning'],
    ['a quota', 'cores', { workers: 2 }, { cpuQuota: 1.5 }, 'warning'],
    ['half a core', 'cores', {}, { cpuQuota: 0.5 }, 'warning'],
  ])('%s (%s)', (_, code, needs, limits, severity) => {
    const finding = find(code, check(needs, limits))
    expect(finding.severity).toBe(severity)
    expect(finding.mistake === null).toBe(severity !== 'error')
  })

  test('one process that just holds them is nothing to note', () => {
    expect(find('descriptors', check({ connections: 19_920 }))).toMatchObject({ fix: null, value: 20_000 })
    expect(find('descriptors', check({ connections: 19_921 })).fix).not.toBeNull()
  })

  test('a server elsewhere has a queue of its own, and no firewall is none', () => {
    const codes = check({}, { trackedMax: null, trackedNow: null }).map(({ code }) => code)
    expect(codes).not.toContain('accept-queue')
    expect(codes).not.toContain('conntrack')
  })

  test('a finding that stands in the way needs more than there is, and says what to do', () => {
    const needs = fc.record({
      connections: fc.integer({ min: 1, max: 500_000 }),
      sourceIps: fc.nat(5),
      destinations: fc.integer({ min: 1, max: 5 }),
      workers: fc.integer({ min: 1, max: 64 }),
      oneProcess: fc.boolean(),
      concurrency: fc.integer({ min: 1, max: 10_000 }),
      target: fc.constantFrom('demo', 'loopback', 'here', 'elsewhere'),
      demoDivides: fc.boolean(),
    })
    const limits = fc.record({
      fdLimit: fc.integer({ min: 16, max: 30_000 }),
      portsInUse: fc.nat(40_000),
      portsInTimeWait: fc.nat(40_000),
      freeMemoryBytes: fc.integer({ min: 1e6, max: 4e9 }),
      cpuQuota: fc.option(fc.double({ min: 0.1, max: 8, noNaN: true })),
    })
    fc.assert(
      fc.property(needs, limits, (plan, machine) => {
        for (const { severity, value, limit, fix } of check(plan as CapacityNeeds, machine)) {
          if (severity === 'ok') continue
          expect(value).toBeGreaterThan(limit!)
          expect(fix).toMatch(/(?:sysctl|nofile|ulimit|--[a-z-]+ |taskset)/)
        }
      }),
    )
  })
})

describe('what is said', () => {
  const MANY = { connections: 25_000 }
  const sentences: [string, FindingCode, Change<CapacityNeeds>, Change<MachineLimits>, string][] = [
    [
      'several processes are a note',
      'descriptors',
      MANY,
      {},
      '25,000 connections need 2 processes (each may open 20,000 files); one is enough with: sudo prlimit --pid $$ --nofile=25080:25080',
    ],
    [
      'an audience: the files of one process',
      'descriptors',
      { ...MANY, oneProcess: true },
      { isRoot: true },
      '25,000 connections need 25,080 open files in one process, as this test cannot be divided; it may have 20,000; raise it: ulimit -n 25080',
    ],
    [
      'in a container, by what starts it',
      'descriptors',
      { ...MANY, oneProcess: true },
      { isRoot: true, isContainer: true },
      '25,000 connections need 25,080 open files in one process, as this test cannot be divided; it may have 20,000; raise it: docker run --ulimit nofile=25080:25080',
    ],
    [
      "beyond the kernel's ceiling",
      'descriptors',
      { ...MANY, oneProcess: true },
      { fdCeiling: 24_000 },
      '25,000 connections need 25,080 open files in one process, as this test cannot be divided; it may have 20,000; ' +
        'raise it: sudo sysctl -w fs.nr_open=25080 && sudo prlimit --pid $$ --nofile=25080:25080',
    ],
    [
      'ports of a loopback target',
      'ports',
      { connections: 60_000, target: 'loopback' },
      {},
      '60,000 connections need as many local ports: from 3 loopback addresses (28,232 ports each); ' +
        'or from one: sudo sysctl -w net.ipv4.ip_local_port_range="1024 65535"',
    ],
    [
      'ports: the wider range when that is enough',
      'ports',
      { connections: 40_000 },
      {},
      '40,000 connections need as many local ports, there are 28,232 (32768-60999); widen it: ' +
        'sudo sysctl -w net.ipv4.ip_local_port_range="1024 65535", or give --source-ip 2 addresses of this machine',
    ],
    [
      'ports: only addresses when no range is wide enough',
      'ports',
      { connections: 70_000 },
      {},
      '70,000 connections need as many local ports, there are 28,232 (32768-60999); give --source-ip 3 addresses of this machine',
    ],
    [
      'ports taken by earlier connections',
      'ports',
      { connections: 28_000 },
      { portsInUse: 30, portsInTimeWait: 5000 },
      '28,000 connections need as many local ports, there are 28,232 (32768-60999), of which 30 are in use and 5,000 in TIME_WAIT ' +
        'after earlier connections; wait a minute, or widen it: sudo sysctl -w net.ipv4.ip_local_port_range="1024 65535", ' +
        'or give --source-ip 2 addresses of this machine',
    ],
    [
      'both queues that are too short',
      'accept-queue',
      { connections: 9000, concurrency: 5000, target: 'here' },
      { isContainer: true },
      "5,000 handshakes at once may wait a second or more: the server's queue holds 2,048; raise it: docker run " +
        '--sysctl net.core.somaxconn=5000 --sysctl net.ipv4.tcp_max_syn_backlog=5000, or --connect-concurrency 2048',
    ],
    [
      'the one queue that is too short',
      'accept-queue',
      { connections: 9000, concurrency: 500, target: 'here' },
      { acceptQueue: 128, isRoot: true },
      "500 handshakes at once may wait a second or more: the server's queue holds 128; " +
        'raise it: sysctl -w net.core.somaxconn=500, or --connect-concurrency 128',
    ],
    [
      "a firewall's table, which a container shares with its host",
      'conntrack',
      { connections: 2000 },
      { trackedMax: 1000, isContainer: true, isRoot: true },
      '2,000 connections beside 10 that the firewall follows now: it has room for 1,000, and drops others; ' +
        'raise it: on the host: sysctl -w net.netfilter.nf_conntrack_max=2010',
    ],
    [
      'memory, and how many fit',
      'memory',
      { connections: 10_000, memoryBytes: 140_000_000, target: 'demo' },
      { freeMemoryBytes: 300_000_000 },
      '10,000 connections take about 530 MB, the demo server included, 300 MB are free; 3,947 fit: --connections 3947',
    ],
    [
      'too many workers',
      'cores',
      { workers: 6 },
      { cpusAllowed: 4 },
      '6 workers on 4 cores: they take turns, and are late by that; --workers 4, or start it on more cores (taskset, or another machine)',
    ],
    [
      'processes that files force',
      'cores',
      { connections: 50_000 },
      { cpusAllowed: 2 },
      '3 processes on 2 cores: they take turns, and are late by that; one process is enough with: ' +
        'sudo prlimit --pid $$ --nofile=50080:50080; or start it on more cores (taskset, or another machine)',
    ],
    [
      'a quota',
      'cores',
      {},
      { cpuQuota: 0.5 },
      '1 worker on 0.5 cores by its quota: it is stopped again and again, and is late by that; docker run --cpus 1',
    ],
  ]
  test.each(sentences)('%s', (_, code, needs, limits, text) => {
    expect(formatFinding(find(code, check(needs, limits)))).toBe(text)
  })

  test('a plan that cannot work is refused like a mistake, with the most that can', () => {
    expect(find('descriptors', check({ ...MANY, oneProcess: true }, { isRoot: true })).mistake).toEqual({
      where: '--connections',
      value: '25000',
      problem:
        '25,000 connections need 25,080 open files in one process, as this test cannot be divided; it may have 20,000',
      accepted: 'at most 19,920 as this machine is set up',
      example: 'raise it: ulimit -n 25080',
    })
  })

  test('every limit that is too low is named at once', () => {
    const findings = check(
      { connections: 90_000, oneProcess: true, memoryBytes: 780e6 },
      { fdLimit: 1024, freeMemoryBytes: 50_000_000 },
    )
    expect(problems(findings)).toEqual(['error descriptors', 'error ports', 'warning memory'])
  })
})

describe('with a measured floor', () => {
  const FLOOR = { messagesPerSecondPerCore: 110_000, connectionsPerSecond: 9000 } as Floor

  test.each([
    [{ messagesPerSec: 88_000 }, []],
    [{ messagesPerSec: 88_001 }, ['warning rate']],
    [{ messagesPerSec: 200_000 }, ['warning rate']],
    [{ messagesPerSec: 176_000, workers: 2 }, []],
    [{ connectRatePerSec: 7201 }, ['warning connect-rate']],
    [{ messagesPerSec: null, connectRatePerSec: null }, []],
  ])('%j: %j', (needs, found) => {
    expect(problems(check(needs, {}, FLOOR))).toEqual(found)
  })

  test('says what a core tops at, and what to do', () => {
    const said = (needs: Change<CapacityNeeds>) => formatFinding(find('rate', check(needs, {}, FLOOR)))
    expect(said({ messagesPerSec: 200_000 })).toBe(
      "200,000 messages/s are asked for; this machine's generator tops at about 110,000/s a core; --workers 3, or --rate 88000",
    )
    expect(said({ messagesPerSec: 2e6, workers: 8 })).toBe(
      "2,000,000 messages/s are asked for; this machine's generator tops at about 110,000/s a core, 880,000 on 8; --rate 704000, or a second machine",
    )
  })

  test('what was not measured says nothing', () => {
    const floor = { ...FLOOR, messagesPerSecondPerCore: null }
    expect(check({ messagesPerSec: 1e9 }, {}, floor).map(({ code }) => code)).not.toContain('rate')
  })
})
