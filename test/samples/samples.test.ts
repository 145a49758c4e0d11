/** What lies in reports/ is read by the readers of today. `npm run reports` makes the samples anew. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir, hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { XMLValidator } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import { readResult } from '../../src/result/read-result.ts'
import { makeResultSchema } from '../../src/result/write-schema.ts'

const FOLDER = fileURLToPath(new URL('../../reports/', import.meta.url))
const ENDINGS = ['csv', 'hlog', 'html', 'json', 'md', 'prom', 'txt', 'xml']

function readSample(ending: string): string {
  return readFileSync(`${FOLDER}sample.${ending}`, 'utf8')
}

const result = readResult(readSample('json'), 'sample.json')

describe('reports/', () => {
  it('has a sample of each format', () => {
    const found = readdirSync(FOLDER).filter((name) => name.startsWith('sample.'))
    expect(found.sort()).toEqual(ENDINGS.map((ending) => `sample.${ending}`))
  })

  it.each(ENDINGS)('sample.%s is small, and says nothing of the machine but what it can do', (ending) => {
    const text = readSample(ending)
    expect(text.length).toBeGreaterThan(100)
    expect(text.length).toBeLessThan(300_000)
    expect(text).not.toContain(`${homedir()}/`)
    if (hostname().length > 4) expect(text).not.toContain(hostname())
  })

  it('the run can be believed, and passed', () => {
    expect(result).toMatchObject({ status: 'completed', exitCode: 0 })
    expect(result.tests.map(({ testType }) => testType)).toEqual(['throughput', 'storm', 'sustained'])
    expect(result.tests.map(({ validity }) => validity.state)).toEqual(['valid', 'valid', 'valid'])
    expect(result.thresholds.length).toBeGreaterThan(1)
  })

  it('sample.json is as the schema says', () => {
    const validate = new Ajv2020({ strict: false }).compile(makeResultSchema())
    validate(JSON.parse(readSample('json')))
    expect(validate.errors ?? []).toEqual([])
  })

  it('sample.xml is XML, with cases for each test and threshold', () => {
    const xml = readSample('xml')
    expect(XMLValidator.validate(xml)).toBe(true)
    const cases = xml.match(/<testcase /g) ?? []
    expect(cases.length).toBeGreaterThanOrEqual(2 * result.tests.length + result.thresholds.length)
    expect(xml).not.toMatch(/<(?:failure|error)[ >]/)
  })

  it('sample.hlog is read by the public HdrHistogram log reader', () => {
    const load = createRequire(import.meta.url)
    const { HistogramLogReader } = load('hdr-histogram-js') as typeof import('hdr-histogram-js')
    const reader = new HistogramLogReader(readSample('hlog'))
    let samples = 0
    let intervals = 0
    for (let one = reader.nextIntervalHistogram(); one !== null; one = reader.nextIntervalHistogram()) {
      samples += one.totalCount
      intervals++
    }
    const windows = result.tests.flatMap(({ latencyWindows }) => latencyWindows?.windows ?? [])
    const counted = windows.reduce((sum, { count }) => sum + count, 0)
    expect(intervals).toBeGreaterThanOrEqual(windows.length)
    expect(samples).toBeGreaterThanOrEqual(counted)
  })

  it('sample.csv has a row an interval, each with a cell a column', () => {
    const [head = '', ...rows] = readSample('csv').trimEnd().split('\r\n')
    expect(rows).toHaveLength(result.tests.reduce((sum, test) => sum + test.intervals.length, 0))
    for (const row of rows) expect(row.split(',')).toHaveLength(head.split(',').length)
  })

  it('sample.md and sample.txt name the tests and the thresholds', () => {
    for (const ending of ['md', 'txt'])
      for (const name of ['throughput', 'storm', 'sustained', 'error_ratio==0'])
        expect(readSample(ending)).toContain(name)
  })

  it('sample.html is a page that asks for nothing', () => {
    const page = readSample('html')
    expect(page).toMatch(/^<!doctype html>/i)
    expect(page).not.toMatch(/(?:src|href)="(?!#|data:)/)
  })

  it('sample.prom ends as OpenMetrics does', () => {
    expect(readSample('prom')).toMatch(/\n# EOF\n$/)
  })

  const hasPromtool = spawnSync('promtool', ['--version']).error === undefined
  it.skipIf(!hasPromtool)(
    'sample.prom is read by promtool (skipped where Prometheus is not installed)',
    () => {
      const { stderr } = spawnSync('promtool', ['check', 'metrics'], {
        input: readSample('prom'),
        encoding: 'utf8',
      })
      expect(stderr).not.toMatch(/error/i)
    },
  )

  it('has nothing that is not named in the README', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const names = readdirSync(FOLDER).map((name) => name.replace(/^sample\..*/, 'sample.*'))
    for (const name of new Set(names)) expect(readme).toContain(name)
    expect(existsSync(`${FOLDER}published.json`)).toBe(true)
  })
})
