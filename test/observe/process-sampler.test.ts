import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import {
  createProcessSampler,
  readAffinityCores,
  readConsistently,
  shareOneCore,
} from '../../src/observe/process-sampler.ts'
import { end, endAll, startCommandLine, startNode, until } from './child.ts'

afterEach(endAll)

const IDLE = "console.log('up'); setInterval(() => {}, 1e6)"
/** 300 ms of CPU time, then idle. */
const BURN = `
  const { cpuUsage } = process
  while (cpuUsage().user + cpuUsage().system < 300_000);
  ${IDLE}`
/** One worker process that burns 200 ms of CPU time and stays; SIGUSR2 makes the parent end it. */
const PARENT = `
  const { spawn } = require('node:child_process')
  const code = "while (process.cpuUsage().user < 200000); console.log('up'); setInterval(() => {}, 1e6)"
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'] })
  child.stdout.once('data', () => console.log(child.pid))
  process.on('SIGUSR2', () => child.kill('SIGKILL'))
  setInterval(() => {}, 1e6)`

let clockUs = 0
const nowUs = () => {
  clockUs += 1_000_000
  return clockUs
}

describe.runIf(process.platform === 'linux')('createProcessSampler', () => {
  test('the kernel counts in the ticks that the parser assumes', () => {
    expect(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).trim()).toBe('100')
  })

  test('memory is what the kernel calls VmRSS', async () => {
    const { pid } = await startNode(IDLE)
    const { rssBytes } = createProcessSampler(pid, { nowUs }).sample()!
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const vmRssBytes = Number(/VmRSS:\s+(\d+)/.exec(status)![1]) * 1024
    expect(Math.abs(rssBytes - vmRssBytes) / vmRssBytes).toBeLessThan(0.05)
  })

  test('time is what the process used, and its threads add up to no more', async () => {
    const { pid } = await startNode(BURN)
    const { cpuUs, threads } = createProcessSampler(pid, { nowUs }).sample()!
    expect(cpuUs).toBeGreaterThanOrEqual(280_000)
    expect(threads.map(({ tid }) => tid)).toContain(pid)
    const main = threads.find(({ tid }) => tid === pid)!
    expect(main.cpuUs).toBeGreaterThan(100_000)
    // Each thread's time is rounded to a tick by itself.
    const summed = threads.reduce((sum, thread) => sum + thread.cpuUs, 0)
    expect(summed).toBeLessThanOrEqual(cpuUs + threads.length * 10_000 + 50_000)
  })

  test('counts open descriptors', async () => {
    const opener = `
      const fs = require('node:fs')
      process.once('SIGUSR2', () => { for (let i = 0; i < 50; i++) fs.openSync('/dev/null') })
      console.log('up')
      setInterval(() => {}, 1e6)`
    const { pid, child } = await startNode(opener)
    const sampler = createProcessSampler(pid, { nowUs })
    const before = sampler.sample()!.fds!
    child.kill('SIGUSR2')
    await until(() => sampler.sample()!.fds! >= before + 50)
    expect(sampler.sample()!.fds).toBe(before + 50)
  })

  test('stamps each sample with the given clock', async () => {
    const { pid } = await startNode(IDLE)
    const sampler = createProcessSampler(pid, { nowUs: () => 123 })
    expect(sampler.sample()!.atUs).toBe(123)
  })

  test('is null once the process has ended', async () => {
    const { pid, child } = await startNode(IDLE)
    const sampler = createProcessSampler(pid, { nowUs })
    expect(sampler.sample()).not.toBeNull()
    await end(child)
    expect(sampler.sample()).toBeNull()
  })

  test('is null for a process that has ended though its parent has not noticed', async () => {
    // After exec, the shell's place is taken by a program that never waits for its child.
    const { pid, line } = await startCommandLine(['sh', '-c', 'sleep 100 & echo $!; exec sleep 100'])
    await until(() => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n')
    const sampler = createProcessSampler(Number(line), { nowUs })
    expect(sampler.sample()).not.toBeNull()
    process.kill(Number(line), 'SIGKILL')
    await until(() => readFileSync(`/proc/${line}/stat`, 'utf8').includes(') Z '))
    expect(sampler.sample()).toBeNull()
  })

  test('a process that was not there from the start is not taken for it', () => {
    expect(createProcessSampler(2 ** 30, { nowUs }).sample()).toBeNull()
  })

  test('a tree counts the processes below, one process does not', async () => {
    const { pid, line } = await startNode(PARENT)
    const alone = createProcessSampler(pid, { nowUs }).sample()!
    const tree = createProcessSampler(pid, { nowUs, tree: true })
    const both = tree.sample()!
    expect(alone.processes).toBe(1)
    expect(both.processes).toBe(2)
    expect(both.rssBytes).toBeGreaterThan(alone.rssBytes * 1.3)
    expect(both.cpuUs).toBeGreaterThan(alone.cpuUs + 150_000)
    expect(both.threads.map(({ tid }) => tid)).toEqual(expect.arrayContaining([pid, Number(line)]))
  })

  test('the time of a tree does not fall when a process below ends', async () => {
    const { pid, child } = await startNode(PARENT)
    const tree = createProcessSampler(pid, { nowUs, tree: true })
    const both = tree.sample()!
    child.kill('SIGUSR2')
    await until(() => tree.sample()?.processes === 1)
    expect(tree.sample()!.cpuUs).toBeGreaterThanOrEqual(both.cpuUs)
  })
})

describe('readConsistently', () => {
  const stat = (cpuUs: number, endedChildrenCpuUs = 0) => ({
    parentPid: 1,
    cpuUs,
    endedChildrenCpuUs,
    startTicks: 5,
  })

  test('reads all again when a child was fetched by its parent after the parent was read', () => {
    // The child (20) moves its 70 ms to the parent (10) between the two reads.
    let ended = false
    const read = (pid: number) => {
      if (pid === 10) return ended ? stat(30_000, 70_000) : stat(30_000)
      ended = true
      return null
    }
    const stats = readConsistently(() => (ended ? [10] : [10, 20]), read)
    expect([...stats]).toEqual([[10, stat(30_000, 70_000)]])
  })

  test('reads once when nothing has gone', () => {
    let lists = 0
    const list = () => {
      lists++
      return [10, 20]
    }
    expect([...readConsistently(list, () => stat(1)).keys()]).toEqual([10, 20])
    expect(lists).toBe(1)
  })

  test('does not try for ever when processes end faster than they are read', () => {
    const stats = readConsistently(
      () => [10, 20],
      (pid) => (pid === 10 ? stat(1) : null),
    )
    expect([...stats.keys()]).toEqual([10])
  })

  test('is empty when the root has gone', () => {
    expect(
      readConsistently(
        () => [10],
        () => null,
      ).size,
    ).toBe(0)
  })
})

describe.runIf(process.platform === 'linux')('shareOneCore', () => {
  test('is so when both are tied to the same core, and not of a process that does not exist', async () => {
    const [one, other] = [await startNode(IDLE), await startNode(IDLE)]
    const tie = (pid: number) => execFileSync('taskset', ['-p', '-c', '0', String(pid)], { stdio: 'ignore' })
    tie(one.pid)
    expect(shareOneCore(one.pid, other.pid)).toBe(readAffinityCores(other.pid) === 1)
    tie(other.pid)
    expect(shareOneCore(one.pid, other.pid)).toBe(true)
    expect(shareOneCore(one.pid, 2 ** 30)).toBe(false)
  })
})

describe.runIf(process.platform === 'linux')('readAffinityCores', () => {
  test('is the number of cores that the process may use', async () => {
    const { pid } = await startNode(IDLE)
    expect(readAffinityCores(pid)).toBe(readAffinityCores(process.pid))
    execFileSync('taskset', ['-a', '-p', '-c', '0', String(pid)], { stdio: 'ignore' })
    expect(readAffinityCores(pid)).toBe(1)
  })

  test('is null for a process that does not exist', () => {
    expect(readAffinityCores(2 ** 30)).toBeNull()
  })
})
