import { describe, expect, it } from 'vitest'
import type { Environment } from '../../src/observe/environment.ts'
import { readEnvironment } from '../../src/observe/environment.ts'
import { fitToMachine } from '../../src/run/fit-machine.ts'
import { resolve } from '../plan/resolve.ts'

/** 200 files and 100 local ports, of which 95 are counted on. */
const SMALL: Environment = { ...readEnvironment(), fdLimit: 200, portRange: [40_001, 40_100] }

function fitPlan(line: string, addresses: readonly string[] = ['127.0.0.1'], machine = SMALL) {
  const { plan } = resolve('ws://target:80', ...line.split(' '))
  const endpoints = [{ url: 'ws://target:80', addresses, failure: '' }]
  return fitToMachine(plan.tests[0]!, machine, endpoints)
}

describe('processes', () => {
  it.each([
    ['-c 90 -w 1', 1, false],
    ['-c 120 -w 1', 1, false],
    ['-c 121 -w 1', 2, true],
    ['-c 121 -w 3', 3, true],
    ['-c 1000 -w 1', 9, true],
  ])('%s: %i workers', (line, workers, forked) => {
    expect(fitPlan(line).plan).toMatchObject({ workers, forked })
  })

  it('an audience stays in one process, whose threads share the counts of it', () => {
    expect(fitPlan('-c 500 -w 1 --test-type broadcast').plan).toMatchObject({ workers: 1, forked: false })
  })

  it('no known limit, no further process', () => {
    expect(fitPlan('-c 50000 -w 1', [], { ...SMALL, fdLimit: null }).plan.forked).toBe(false)
  })
})

describe('source addresses', () => {
  const ips = (...parameters: Parameters<typeof fitPlan>) => fitPlan(...parameters).plan.target.sourceIps

  it('are left to the kernel while its ports suffice', () => {
    expect(ips('-c 95')).toEqual([])
    expect(fitPlan('-c 95').warnings).toEqual([])
  })

  it('are added for a loopback target', () => {
    expect(ips('-c 96')).toEqual(['127.0.0.1', '127.0.0.2'])
    expect(ips('-c 300')).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'])
    expect(fitPlan('-c 96').warnings).toEqual([
      {
        code: 'source-addresses',
        message:
          'local ports do not suffice, so connections were opened from 2 addresses (127.0.0.1 to 127.0.0.2)',
      },
    ])
  })

  it('go on past 255', () => {
    expect(ips('-c 30000').slice(253, 257)).toEqual(['127.0.0.254', '127.0.0.255', '127.0.1.0', '127.0.1.1'])
  })

  it('destinations share ports', () => {
    expect(ips('-c 180', ['127.0.0.1', '127.0.0.2'])).toEqual([])
  })

  it('are not made up for another machine, nor beside what was asked for', () => {
    expect(ips('-c 300', ['192.0.2.1'])).toEqual([])
    expect(ips('-c 300', ['::1'])).toEqual([])
    expect(ips('-c 300 --source-ip 127.0.0.9')).toEqual(['127.0.0.9'])
  })
})
