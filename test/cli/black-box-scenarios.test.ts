import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runForResult } from './stress.ts'

const folder = fileURLToPath(new URL('../../scenarios/', import.meta.url))

/** Enough to see it run; flags win over the file. */
const SHORTER: Readonly<Record<string, readonly string[]>> = {
  'all.yaml': ['-m', '5', '-r', '10'],
  'echo-gate.yaml': [],
  'storm.yaml': [],
  'sustained.yaml': ['-d', '1s'],
  'throughput.yaml': ['-m', '20'],
}

describe('scenarios/', () => {
  it.each(readdirSync(folder))('%s runs without an error and holds its thresholds', async (name) => {
    const { code, result } = await runForResult([`${folder}${name}`, ...(SHORTER[name] ?? [])])
    expect(result.thresholds.filter((row) => row.result !== 'pass')).toEqual([])
    expect([result.status, result.summary.errors]).toEqual(['completed', 0])
    // On a busy machine a gate may not be believed; that is no fault of the scenario's.
    const isGate = result.thresholds.length > 0
    expect(code).toBe(isGate && result.summary.validity === 'generator-limited' ? 4 : 0)
  })
})
