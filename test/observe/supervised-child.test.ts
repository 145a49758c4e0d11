import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { type ServerExit, superviseChild } from '../../src/observe/supervised-child.ts'

/** A child without a process: the test decides when it writes and ends. */
class FakeChild extends EventEmitter {
  readonly pid = undefined
  readonly stderr = new PassThrough()
}

function superviseFake() {
  const child = new FakeChild()
  return { child, supervised: superviseChild(child as unknown as ChildProcess) }
}

describe('superviseChild', () => {
  test('lines that arrive after the process has ended are among its last lines', async () => {
    const { child, supervised } = superviseFake()
    child.emit('exit', 1, null)
    const lines = supervised.lastLines()
    child.stderr.end('too late?\n')
    expect(await lines).toBe('too late?')
  })

  test('a standard error that nobody closes does not hold up its last lines', async () => {
    const { child, supervised } = superviseFake()
    child.stderr.write('still open\n')
    child.emit('exit', 1, null)
    expect(await supervised.lastLines()).toBe('still open')
  })

  test('of a long log only the end is kept', async () => {
    const { child, supervised } = superviseFake()
    child.stderr.end(Array.from({ length: 10_000 }, (_, index) => `line ${index}\n`).join(''))
    const lines = (await supervised.lastLines()).split('\n')
    expect(lines).toHaveLength(10)
    expect(lines.at(-1)).toBe('line 9999')
  })

  test('a listener hears of one end, however many events tell it', () => {
    const { child, supervised } = superviseFake()
    const exits: ServerExit[] = []
    supervised.onExit((exit) => exits.push(exit))
    child.emit('error', new Error('spawn failed'))
    child.emit('exit', 3, null)
    expect(exits).toEqual([{ exitCode: null, signal: null }])
  })
})
