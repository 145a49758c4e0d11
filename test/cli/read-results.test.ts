import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readResults } from '../../src/cli/read-results.ts'
import { UsageError } from '../../src/errors.ts'
import { makeAbortedResult, makeFailedGate } from '../support/sample-result.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stress-results-'))
  writeFileSync(join(folder, 'gate.json'), JSON.stringify(makeFailedGate()))
  writeFileSync(join(folder, 'latin1.json'), Buffer.from([0x7b, 0xe4, 0x7d]))
  writeFileSync(join(folder, 'huge.json'), '{')
  truncateSync(join(folder, 'huge.json'), 33 * 2 ** 20)
  writeFileSync(join(folder, 'cut.json'), '{"schemaVersion":1')
  mkdirSync(join(folder, 'folder'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const signal = new AbortController().signal
const read = (names: readonly string[], input = '') =>
  readResults(
    names.map((name) => (name === '-' ? name : join(folder, name))),
    { stdin: Readable.from(input === '' ? [] : [Buffer.from(input)]), signal },
  )

describe('readResults', () => {
  it('reads files and standard input, in their order', async () => {
    const [first, second] = await read(['-', 'gate.json'], JSON.stringify(makeAbortedResult()))
    expect(first).toEqual({ name: '-', result: makeAbortedResult() })
    expect(second).toEqual({ name: join(folder, 'gate.json'), result: makeFailedGate() })
  })

  it.each([
    [['none.json'], 'is a file that does not exist'],
    [['folder'], 'is a folder'],
    [['latin1.json'], 'is not UTF-8 text'],
    [['huge.json'], 'has more than 32 MiB'],
    [['cut.json'], 'ends too early'],
    [['-'], '-: is empty'],
    [['gate.json', 'gate.json'], 'is given twice'],
  ])('refuses %s', async (names, problem) => {
    await expect(read(names)).rejects.toThrow(problem)
  })

  it('names the mistakes of all files at once', async () => {
    const error = await read(['none.json', 'gate.json', 'cut.json', 'folder']).catch(
      (error: unknown) => error,
    )
    expect(error).toBeInstanceOf(UsageError)
    expect((error as UsageError).mistakes).toHaveLength(3)
  })
})
