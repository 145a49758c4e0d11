/** What a run leaves behind, and what it shows to others while it goes on. Needs `npm run build`. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { XMLValidator } from 'fast-xml-parser'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseCsv } from '../report/csv-rows.ts'
import { parseResult, runStress, startStress } from './stress.ts'

const load = createRequire(import.meta.url)
const { HistogramLogReader } = load('hdr-histogram-js') as typeof import('hdr-histogram-js')

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stress-outputs-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const FORMATS = ['json', 'html', 'xml', 'md', 'csv', 'hlog', 'prom', 'txt']

function outputsOf(formats: readonly string[]): string[] {
  return formats.flatMap((format) => ['-o', join(folder, `run.${format}`)])
}

/** Each file by its own reader. @throws where one is not whole */
function readAll(): void {
  const text = (format: string): string => readFileSync(join(folder, `run.${format}`), 'utf8')
  parseResult(text('json'))
  expect(text('html')).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/i)
  expect(XMLValidator.validate(text('xml'))).toBe(true)
  expect(text('md')).toMatch(/^<!-- stress report -->\n[\s\S]*<\/details>\n$/)
  const rows = parseCsv(text('csv'))
  expect(rows.length).toBeGreaterThan(1)
  expect(new Set(rows.map((row) => row.length)).size).toBe(1)
  const reader = new HistogramLogReader(text('hlog'))
  expect(reader.nextIntervalHistogram()?.totalCount).toBeGreaterThan(0)
  expect(text('prom')).toMatch(/\n# EOF\n$/)
  expect(text('txt')).toMatch(/^stress .*\n[\s\S]*\n$/)
}

describe('every format at once', () => {
  it('is whole at the end of a run, and nothing else is left', async () => {
    const { code, stdout } = await runStress(['-c', '5', '-m', '50', ...outputsOf(FORMATS)])
    expect(code).toBe(0)
    readAll()
    expect(readdirSync(folder).sort()).toEqual(FORMATS.map((format) => `run.${format}`).sort())
    expect(stdout).toContain('written: ')
  })

  it('is whole when the run is interrupted, and says so', async () => {
    const run = startStress(['-c', '5', '-R', '100/s', '-d', '60s', '-W', '0', ...outputsOf(FORMATS)])
    await run.sees('stderr', /hold/)
    run.kill('SIGINT')
    expect((await run.ended).code).toBe(130)
    readAll()
    expect(parseResult(readFileSync(join(folder, 'run.json'), 'utf8')).status).toBe('aborted')
    expect(readFileSync(join(folder, 'run.md'), 'utf8')).toContain('INTERRUPTED (exit 130)')
    expect(readFileSync(join(folder, 'run.xml'), 'utf8')).toContain('<error type="aborted"')
    expect(readFileSync(join(folder, 'run.prom'), 'utf8')).toContain('stress_run_status{state="aborted"} 1')
  })

  it('is as it was when the run never began', async () => {
    for (const format of FORMATS) writeFileSync(join(folder, `run.${format}`), 'old')
    const { code } = await runStress(['-c', '5', ...outputsOf(FORMATS), '-o', join(folder, 'no', 'x.csv')])
    expect(code).toBe(2)
    for (const format of FORMATS) expect(readFileSync(join(folder, `run.${format}`), 'utf8')).toBe('old')
    expect(readdirSync(folder)).toHaveLength(FORMATS.length)
  })

  it('goes to standard output alone when that is asked for', async () => {
    const { stdout, code } = await runStress(['-c', '2', '-m', '5', '-o', 'junit=-'])
    expect(code).toBe(0)
    expect(XMLValidator.validate(stdout)).toBe(true)
  })

  it('is named by a dry run', async () => {
    const path = join(folder, 'summary.md')
    const { stdout } = await runStress(
      ['--dry-run', '-o', 'a.xml', '-o', 'openmetrics=b', '--metrics-port', '0.0.0.0:9464'],
      { env: { GITHUB_STEP_SUMMARY: path } },
    )
    expect(stdout).toContain('output       xml to a.xml, prom to b, txt to standard output\n')
    expect(stdout).toContain(`summary      md, added to ${path}\n`)
    expect(stdout).toContain('metrics      http://0.0.0.0:9464/metrics until the run ends\n')
    expect(existsSync(path)).toBe(false)
  })
})

describe('GITHUB_STEP_SUMMARY', () => {
  it('gets the Markdown report, after what other steps wrote', async () => {
    const path = join(folder, 'summary.md')
    writeFileSync(path, '### Build\n')
    await runStress(['-c', '2', '-m', '5'], { env: { GITHUB_STEP_SUMMARY: path } })
    expect(readFileSync(path, 'utf8')).toMatch(/^### Build\n\n<!-- stress report -->\n\n### /)
  })

  it('that cannot be written is a warning', async () => {
    const { code, stderr } = await runStress(['-c', '2', '-m', '5'], { env: { GITHUB_STEP_SUMMARY: folder } })
    expect(code).toBe(0)
    expect(stderr).toContain(`warning: GITHUB_STEP_SUMMARY cannot be written: ${folder} (EISDIR)\n`)
  })
})

describe('--metrics-port', () => {
  /** Scrapes until the page has that. */
  async function scrape(url: string, pattern: RegExp): Promise<string> {
    for (;;) {
      const text = await (await fetch(url)).text()
      if (pattern.test(text)) return text
    }
  }

  function sampleIn(text: string, sample: string): number {
    const line = text.split('\n').find((one) => one.startsWith(`${sample} `))
    return Number(line?.slice(sample.length + 1) ?? Number.NaN)
  }

  it('shows a run that goes on, with counters that grow, until it ends', async () => {
    const run = startStress(['-c', '5', '-R', '500/s', '-d', '60s', '-W', '0', '--metrics-port', '0'])
    const [, url = ''] = /^metrics: (\S+) until the run ends$/m.exec(
      await run.sees('stderr', /^metrics: .*\n/m),
    )!
    const counted = 'stress_messages_received_total{test="throughput"}'
    const traffic = 'stress_traffic_sent_total{test="throughput",phase="hold"}'
    const early = await scrape(url, /^stress_messages_received_total/m)
    const first = sampleIn(early, counted)
    const firstSent = sampleIn(early, traffic)
    const late = await scrape(
      url,
      new RegExp(`^stress_traffic_sent_total.*phase="hold"} (?!${firstSent}\\n)`, 'm'),
    )
    expect(first).toBeGreaterThan(0)
    expect(sampleIn(late, counted)).toBeGreaterThan(first)
    expect(sampleIn(late, traffic)).toBeGreaterThan(firstSent)
    expect(sampleIn(late, 'stress_now_connections_open{test="throughput"}')).toBe(5)
    expect(late).toMatch(/^stress_validity\{test="throughput",state="valid"\} [01]$/m)
    run.kill('SIGINT')
    expect((await run.ended).code).toBe(130)
    await expect(fetch(url)).rejects.toThrow()
  })

  it('refuses a port that is in use, before anything is started', async () => {
    const run = startStress(['-c', '2', '-R', '10/s', '-d', '60s', '--metrics-port', '0'])
    const [, port = ''] = /:(\d+)\/metrics/.exec(await run.sees('stderr', /^metrics: .*\n/m))!
    const second = await runStress(['-c', '2', '-m', '5', '--metrics-port', port])
    expect(second.code).toBe(2)
    expect(second.stdout).toBe('')
    expect(second.stderr).toContain(`--metrics-port '127.0.0.1:${port}': is in use already`)
    run.kill('SIGINT')
    await run.ended
  })

  it('is not what Kubernetes sets for a service called "stress-metrics"', async () => {
    const env = { STRESS_METRICS_PORT: 'tcp://10.0.0.1:9464' }
    const { code, stderr } = await runStress(['-c', '2', '-m', '5'], { env })
    expect(code).toBe(0)
    expect(stderr).not.toContain('metrics:')
  })
})
