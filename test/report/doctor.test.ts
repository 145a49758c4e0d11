import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it, test } from 'vitest'
import type { Floor } from '../../src/observe/floor-cache.ts'
import { measureCapacity } from '../../src/observe/machine-capacity.ts'
import type { MachineLimits } from '../../src/observe/machine-limits.ts'
import type { CapacityNeeds } from '../../src/observe/preflight/needs.ts'
import { preflight } from '../../src/observe/preflight.ts'
import { type Diagnosis, renderDoctor } from '../../src/report/doctor.ts'
import { LIMITS, NEEDS, UNKNOWN_LIMITS } from '../observe/limits.ts'

const FLOOR: Floor = {
  toolVersion: '1.0.0',
  node: 'v20.19.0',
  os: 'Linux 6.1 x64',
  cpuModel: 'CPU',
  cpus: 8,
  cpusAllowed: 8,
  measuredAt: '2026-11-21T08:22:33.000Z',
  messagesPerSecondPerCore: 110_000,
  latencyUs: { nullServer: { p50: 31, p99: 120 }, demoServer: { p50: 60, p99: 950 } },
  connectionsPerSecond: 9400,
  bytesPerConnection: 6100,
  note: null,
}

function diagnose(limits: Partial<MachineLimits> = {}, change: Partial<Diagnosis> = {}): Diagnosis {
  const machine = { ...LIMITS, ...limits }
  return {
    tool: { name: 'stress', version: '1.0.0' },
    environment: {
      node: 'v20.19.0',
      os: 'Linux 6.1 x64',
      cpuModel: 'A CPU of many words, 64-Core Processor',
    },
    limits: machine,
    capacity: measureCapacity(machine),
    floor: null,
    isFloorNew: false,
    plan: null,
    ...change,
  }
}

function withPlan(needs: Partial<CapacityNeeds>, limits: Partial<MachineLimits> = {}): Diagnosis {
  const machine = { ...LIMITS, ...limits }
  const findings = preflight({ ...NEEDS, ...needs }, machine, FLOOR)
  return diagnose(limits, { plan: { summary: 'THE PLAN', findings } })
}

function render(diagnosis: Diagnosis, color = false): string {
  return renderDoctor(diagnosis, { width: 80, color })
}

const TROUBLE = {
  connections: 90_000,
  oneProcess: true,
  workers: 9,
  messagesPerSec: 5e6,
  connectRatePerSec: 1e6,
}

const EVERY: readonly [string, Diagnosis][] = [
  ['a machine', diagnose()],
  [
    'a machine with a floor',
    diagnose({ isContainer: true, cpuQuota: 1.5 }, { floor: { ...FLOOR, note: 'a note' } }),
  ],
  ['a machine about which little is known', diagnose(UNKNOWN_LIMITS)],
  ['a plan that fits', withPlan({ target: 'demo' })],
  ['a plan on several processes', withPlan({ connections: 60_000, target: 'loopback' })],
  ['a plan with warnings', withPlan({ workers: 9, messagesPerSec: 5e6 })],
  ['a plan that cannot work', withPlan(TROUBLE)],
]

test.each(EVERY)('%s fits into 25 lines of 80 columns', (_, diagnosis) => {
  const lines = render(diagnosis).trimEnd().split('\n')
  expect(lines.length).toBeLessThanOrEqual(25)
  expect(lines.filter((line) => [...line].length > 80)).toEqual([])
})

test.each(EVERY)('%s says the same with and without colour', (_, diagnosis) => {
  const plain = render(diagnosis)
  const painted = stripVTControlCharacters(render(diagnosis, true))
  const words = (text: string): string => text.replace(/\s+/g, ' ')
  expect(words(painted)).toBe(words(plain))
})

describe('without a plan', () => {
  it('names each limit and what it allows', () => {
    expect(render(diagnose())).toMatchInlineSnapshot(`
      "stress 1.0.0  doctor  Linux 6.1 x64, node v20.19.0, A CPU of many words, 64-Cor…

      limit            here                     allows (connections)
      files a process  20,000 (hard 20,000)     19,920 a process, 64 processes
      files in all     1,000 of 1,000,000 open  999,000 more files
      local ports      32768-60999              28,232 to each address elsewhere
      server queue     4,096 (SYN 2,048)        2,048 handshakes at once, server here
      firewall         10 of 262,144 followed   262,134
      memory           8.0 GB free              990,000, or 210,000 with the demo
      cores            8                        7 workers beside a server

      floor: not measured yet: stress doctor --measure
      "
    `)
  })

  it('shows the floor that was kept', () => {
    expect(
      render(diagnose({}, { floor: FLOOR }))
        .split('\n')
        .slice(-7)
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "floor, measured 2026-11-21 08:22 UTC
      messages/s     110,000        a core: closed, 32 B, next to no server
      latency        31 µs, 120 µs  P50, P99 to that server: less cannot be seen
                     60 µs, 950 µs  to the demo echo server
      connections/s  9,400          a core
      memory         6.1 kB         of the generator, a connection
      "
    `)
  })

  it('says where and why something is not known', () => {
    const text = render(diagnose(UNKNOWN_LIMITS))
    expect(text).toMatch(/^files a process +– +not known on darwin$/m)
    expect(text).toMatch(/^local ports +– +not known on darwin$/m)
    expect(text).not.toContain('NaN')
  })

  it('knows quota and affinity', () => {
    expect(render(diagnose({ cpusAllowed: 4, cpuQuota: 1.5 }))).toContain('4 of 8, quota 1.5')
  })

  it("the kernel's word for no limit is no number", () => {
    expect(render(diagnose({ filesMax: 9.223372036854776e18 }))).toMatch(
      /of any number open +any number more/,
    )
  })
})

describe('with a plan', () => {
  it('compares what it needs with what there is', () => {
    expect(render(withPlan({ connections: 25_000, target: 'demo' }))).toMatchInlineSnapshot(`
      "stress 1.0.0  doctor  Linux 6.1 x64, node v20.19.0, A CPU of many words, 64-Cor…
      CAN RUN  THE PLAN

      limit               needs       here
      open files         25,080     20,000  ok, see below
      demo server files  12,580     20,000  ok
      files in all       51,000  1,000,000  ok
      local ports        25,000     28,232  ok
      server queue          250      2,048  ok
      firewall           25,010    262,144  ok
      memory             1.1 GB     8.0 GB  ok
      cores                   3          8  ok

      note: 25,000 connections need 2 processes (each may open 20,000 files)
        one is enough with: sudo prlimit --pid $$ --nofile=25080:25080
      "
    `)
  })

  it('that cannot work: errors first, then warnings, each with what to do', () => {
    expect(render(withPlan({ connections: 40_000, workers: 9 }))).toMatchInlineSnapshot(`
      "stress 1.0.0  doctor  Linux 6.1 x64, node v20.19.0, A CPU of many words, 64-Cor…
      CANNOT RUN  THE PLAN

      limit          needs       here
      open files    40,208     20,000  ok, see below
      files in all  41,000  1,000,000  ok
      local ports   40,000     28,232  too few
      firewall      40,010    262,144  ok
      memory        451 MB     8.0 GB  ok
      cores              9          8  warning

      error: 40,000 connections need as many local ports, there are 28,232
        (32768-60999)
        widen it: sudo sysctl -w net.ipv4.ip_local_port_range="1024 65535",
        or give --source-ip 2 addresses of this machine
      warning: 9 workers on 8 cores: they take turns, and are late by that
        --workers 8, or start it on more cores (taskset, or another machine)
      note: 40,000 connections need 3 processes (each may open 20,000 files)
        one is enough with: sudo prlimit --pid $$ --nofile=40208:40208
      "
    `)
  })

  test.each([
    [{}, 'CAN RUN  THE PLAN'],
    [{ workers: 9 }, 'CAN RUN with a warning  THE PLAN'],
    [{ workers: 9, messagesPerSec: 5e6 }, 'CAN RUN with 2 warnings  THE PLAN'],
    [{ connections: 90_000 }, 'CANNOT RUN  THE PLAN'],
  ])('%j: %s', (needs, line) => {
    expect(render(withPlan(needs)).split('\n')[1]).toBe(line)
  })

  it('a command that fits stands in one line, to be copied', () => {
    const lines = render(withPlan({ connections: 40_000 }, { isContainer: true })).split('\n')
    expect(lines).toContain('  widen it: docker run --sysctl net.ipv4.ip_local_port_range="1024 65535",')
  })

  it('when there is much to say, rows that hold give way and nothing else', () => {
    const text = render(withPlan(TROUBLE))
    expect(text).not.toMatch(/^(?:firewall|memory) /m)
    for (const name of ['open files', 'local ports', 'cores', 'messages/s'])
      expect(text).toContain(`\n${name}`)
  })
})
