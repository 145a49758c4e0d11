import { describe, expect, test } from 'vitest'
import { parseCfs, parseCpuGroups, parseCpuMax, readCpuQuota } from '../../src/observe/cgroup-cpu.ts'

test.each([
  ['50000 100000\n', 0.5],
  ['250000 100000\n', 2.5],
  ['max 100000\n', null],
  ['', null],
  ['0 100000', null],
])('cpu.max %j is %j cores', (text, cores) => {
  expect(parseCpuMax(text)).toBe(cores)
})

test.each([
  ['150000\n', '100000\n', 1.5],
  ['-1\n', '100000\n', null],
  ['150000', '', null],
])('a quota of %j in %j is %j cores', (quota, period, cores) => {
  expect(parseCfs(quota, period)).toBe(cores)
})

test('finds the groups of both kinds', () => {
  expect(parseCpuGroups('12:cpu,cpuacct:/docker/1\n3:cpuset:/x\n0::/user.slice/a:b\n')).toEqual({
    unified: '/user.slice/a:b',
    cpu: '/docker/1',
  })
  expect(parseCpuGroups('')).toEqual({ unified: null, cpu: null })
})

describe('readCpuQuota', () => {
  const reading = (files: Readonly<Record<string, string>>) => readCpuQuota((path) => files[path] ?? null)

  test('takes the tightest of the group and those above it', () => {
    const files = {
      '/proc/self/cgroup': '0::/a/b\n',
      '/sys/fs/cgroup/a/b/cpu.max': '300000 100000',
      '/sys/fs/cgroup/a/cpu.max': '200000 100000',
      '/sys/fs/cgroup/cpu.max': 'max 100000',
    }
    expect(reading(files)).toBe(2)
  })

  test('reads the root of a container, where the group is called /', () => {
    expect(reading({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '50000 100000' })).toBe(0.5)
  })

  test('reads cgroups 1', () => {
    const files = {
      '/proc/self/cgroup': '4:cpu,cpuacct:/c\n',
      '/sys/fs/cgroup/cpu/c/cpu.cfs_quota_us': '75000',
      '/sys/fs/cgroup/cpu/c/cpu.cfs_period_us': '100000',
    }
    expect(reading(files)).toBe(0.75)
  })

  test('is null without a quota, and elsewhere than on Linux', () => {
    expect(reading({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000' })).toBeNull()
    expect(reading({})).toBeNull()
  })
})
