/** Taking the published figures again: what is said of the rounds, and what happens without cargo. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

interface Run {
  messagesPerSecond: number | null
  p50Us: number | null
  p99Us: number | null
  rssPeakBytes: number | null
  errors: number
  validity: string
  limitedBy: string
  reason: string
  differences: string[]
}

interface Summary {
  measured: Record<string, number | null>
  ratios: Record<string, number | null>
  trusted: { saturated: boolean; half: boolean }
  verdict: string
}

interface SummaryModule {
  readReport(ended: object, system: string): Run
  summarizeSystem(published: object, rounds: readonly object[]): Summary
}

const script = (name: string) => new URL(name, import.meta.url)
const { readReport, summarizeSystem } = (await import(script('published-summary.mjs').href)) as SummaryModule

const published = {
  system: 'Axum WS',
  connections: 1000,
  payload: 'text',
  messagesPerSecond: 80_000,
  p99Us: 3_000,
  memoryBytes: 15_000_000,
}
const run = (changes: Partial<Run> = {}): Run => ({
  messagesPerSecond: 40_000,
  p50Us: 3_600,
  p99Us: 150_000,
  rssPeakBytes: 135_000_000,
  errors: 0,
  validity: 'valid',
  limitedBy: 'server',
  reason: '',
  differences: [],
  ...changes,
})
const round = (saturated: Partial<Run> = {}, half: Partial<Run> = {}) => ({
  saturated: run(saturated),
  halfRate: 20_000,
  half: run({ messagesPerSecond: 20_000, p99Us: 1_500, limitedBy: 'none', ...half }),
})

describe('published figures taken again', () => {
  it('are medians of the rounds, with ratios of measured to published', () => {
    const rounds = [
      round({ messagesPerSecond: 20_000 }),
      round({ p99Us: 300_000 }, { rssPeakBytes: 150_000_000 }),
      round({ messagesPerSecond: 60_000 }),
    ]
    const { measured, ratios, verdict } = summarizeSystem(published, rounds)
    expect(measured).toMatchObject({
      messagesPerSecond: 40_000,
      p99Us: 150_000,
      halfP99Us: 1_500,
      memoryBytes: 135_000_000,
    })
    expect(ratios).toEqual({ messagesPerSecond: 0.5, p99: 50, halfP99: 0.5, memory: 9 })
    expect(verdict).toContain('At saturation 3 of 3 runs valid, limited by: server.')
    expect(verdict).toContain('the same (1000 connections, text)')
  })

  it('have no ratios when the conditions differ, and say how', () => {
    const { ratios, verdict } = summarizeSystem(published, [
      round({ differences: ['200 connections, not 1000'] }),
    ])
    expect(Object.values(ratios)).toEqual([null, null, null, null])
    expect(verdict).toContain('Conditions differ: 200 connections, not 1000.')
  })

  it('name the runs that cannot be believed', () => {
    const doubt = { validity: 'generator-limited', reason: 'the generator sent late' }
    const { verdict, trusted } = summarizeSystem(published, [round({}, doubt), round()])
    expect(trusted).toEqual({ saturated: true, half: false })
    expect(verdict).toContain('At half of it 1 of 2 runs valid')
    expect(verdict).toContain('generator-limited: the generator sent late')
  })

  it('are marked when something else than the server was the limit at saturation', () => {
    const rounds = [round({ limitedBy: 'none' }), round(), round({ limitedBy: 'none' })]
    const { verdict, trusted } = summarizeSystem(published, rounds)
    expect(trusted).toEqual({ saturated: false, half: true })
    expect(verdict).toContain('2 not limited by the server, so short of its saturation')
  })

  it('rank a P99 among lost messages above every other', () => {
    const lost = round({ p99Us: null, errors: 7 })
    expect(summarizeSystem(published, [lost, lost, round()]).measured.p99Us).toBeNull()
    const { measured, verdict } = summarizeSystem(published, [lost, round(), round({ p99Us: 1 })])
    expect(measured.p99Us).toBe(150_000)
    expect(verdict).toContain('7 errors')
  })

  it('are not read from a run without a report', () => {
    const ended = { out: '', err: 'warning\nnothing listens', code: 3, signal: null }
    expect(() => readReport(ended, 'Axum WS')).toThrow('no report (exit 3): nothing listens')
  })

  it('say plainly that cargo is missing, and that is no failure', () => {
    const path = mkdtempSync(join(tmpdir(), 'no-cargo-'))
    symlinkSync(process.execPath, join(path, 'node'))
    const command = [fileURLToPath(script('published.mjs'))]
    const said = execFileSync('node', command, { env: { PATH: path }, encoding: 'utf8' })
    rmSync(path, { recursive: true })
    expect(said).toBe('cargo is not installed, so the published figures cannot be taken again here\n')
  })
})
