/** Pages in a real browser, opened as files. Without Chromium this is skipped, and its title says so. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { formatBytes, formatDurationUs, formatPercent, formatRate } from '../../src/report/format.ts'
import { CHART_SCRIPT } from '../../src/report/html/chart-script.ts'
import { renderHtml } from '../../src/report/html.ts'
import { renderComparisonHtml } from '../../src/report/html-comparison.ts'
import { renderHtmlSideBySide } from '../../src/report/html-together.ts'
import type { RunResult } from '../../src/result/run-result.ts'
import { findChromium, launchChromium } from '../servers/momentum/chromium.ts'
import { makeHourResult } from '../support/hour-result.ts'
import { makeFailedGate, makePassingResult } from '../support/sample-result.ts'
import { makeComparison, PAGES, replaceTexts } from './html-pages.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const chromium = findChromium()
const title = chromium === null ? 'a page in a browser: skipped, there is no Chromium' : 'a page in a browser'

describe('the script of a page', () => {
  it('turns no text into markup, and asks for nothing', () => {
    expect(CHART_SCRIPT).not.toMatch(
      /innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|fetch|XMLHttp|WebSocket|import\(|storage/i,
    )
  })
})

describe.runIf(chromium !== null)(title, () => {
  let browser: Browser
  let folder: string
  let pages: Page[]
  /** What the browser complained about: a policy violated, an error in the script, a request. */
  let complaints: string[]

  beforeAll(async () => {
    browser = await launchChromium(chromium!)
    folder = mkdtempSync(join(tmpdir(), 'page-'))
  })
  afterAll(async () => {
    await browser.close()
    rmSync(folder, { recursive: true })
  })
  beforeEach(() => {
    pages = []
    complaints = []
  })
  afterEach(async () => {
    await Promise.all(pages.map((page) => page.context().close()))
    expect(complaints).toEqual([])
  })

  function open(result: RunResult, options?: BrowserContextOptions): Promise<Page> {
    return openPage(renderHtml(result), options)
  }

  async function openPage(text: string, options: BrowserContextOptions = {}): Promise<Page> {
    const file = join(folder, 'report.html')
    writeFileSync(file, text)
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
    const page = await context.newPage()
    pages.push(page)
    const url = pathToFileURL(file).href
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (entry) => {
      if (!entry.text().startsWith('Canvas2D: Multiple readback')) complaints.push(entry.text())
    })
    page.on('request', (request) => {
      if (request.url() !== url && request.url() !== 'data:,') complaints.push(request.url())
    })
    await page.goto(url)
    if (options.javaScriptEnabled !== false) await page.locator(':root[data-drawn]').waitFor()
    return page
  }

  it.each(Object.entries(PAGES))('draws every chart of %s', async (_name, make) => {
    const page = await open(make())
    expect(await page.evaluate(`document.querySelectorAll('figure.chart').length`)).toBe(
      await page.evaluate(`document.querySelectorAll('canvas').length`),
    )
    expect(await page.evaluate(BLANK_CHARTS)).toEqual([])
  })

  it('draws several results over each other', async () => {
    const runs = ['a.json', 'b.json'].map((name) => ({ name, result: makePassingResult() }))
    const page = await openPage(renderHtmlSideBySide(runs))
    expect(await page.evaluate(BLANK_CHARTS)).toEqual([])
    expect(await page.locator('#type-1-rate .legend li').allTextContents()).toEqual(['a.json', 'b.json'])
  })

  it('draws both sides of a comparison over each other', async () => {
    const side = (name: string) =>
      [1, 2].map((run) => ({ name: `${name}-${run}.json`, result: makePassingResult() }))
    const page = await openPage(
      renderComparisonHtml(makeComparison(), { base: side('base'), head: side('new') }),
      { viewport: { width: 360, height: 740 } },
    )
    expect(await page.evaluate(BLANK_CHARTS)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    await page.evaluate(AXE)
    expect(((await page.evaluate('axe.run()')) as { violations: unknown[] }).violations).toEqual([])
  })

  it('zooms by a drag, all charts over time of the test with it, and shows all again by a double click', async () => {
    const page = await open(makeHourResult())
    const rate = page.locator('#test-1-rate')
    const before = await ticksOf(page)
    await rate.scrollIntoViewIfNeeded()
    const box = (await rate.locator('.u-over').boundingBox())!
    await page.mouse.move(box.x + box.width * 0.25, box.y + 40)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.5, box.y + 40, { steps: 4 })
    await page.mouse.up()
    await expect.poll(() => ticksOf(page)).toEqual([expect.closeTo(900, -1), expect.closeTo(1800, -1)])
    await expect.poll(() => ticksOf(page, 'test-1-memory')).toEqual(await ticksOf(page))
    await page.mouse.dblclick(box.x + box.width * 0.5, box.y + 40)
    await expect.poll(() => ticksOf(page)).toEqual(before)
    await expect.poll(() => ticksOf(page, 'test-1-memory')).toEqual(before)
  })

  it('can be zoomed and read by keyboard alone', async () => {
    const page = await open(makeHourResult())
    const before = await ticksOf(page)
    await page.locator('#test-1-rate .plot').focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('#live').textContent()).toMatch(/^\d.* s.*: sent .*, received .*, due /)
    await page.keyboard.press('+')
    await expect.poll(() => ticksOf(page)).not.toEqual(before)
    await page.locator('#test-1-rate .reset').press('Enter')
    await expect.poll(() => ticksOf(page)).toEqual(before)
    expect(await page.locator('#test-1-rate .reset').isHidden()).toBe(true)
  })

  it('shows the values beside the pointer, in all charts of the test at the same time', async () => {
    const page = await open(makeFailedGate())
    await page.locator('#test-1-rate').scrollIntoViewIfNeeded()
    const box = (await page.locator('#test-1-rate .u-over').boundingBox())!
    await page.mouse.move(box.x + box.width / 2, box.y + 40)
    const tip = page.locator('#test-1-rate .tip')
    await tip.waitFor()
    expect(await tip.textContent()).toMatch(/^10\.5 ssent100received100due100$/)
    expect(await page.locator('#test-1-memory .tip b').textContent()).toBe('10.5 s')
    await page.mouse.move(2, 2)
    await tip.waitFor({ state: 'hidden' })
  })

  it('hides and shows a line by its name', async () => {
    const page = await open(makeFailedGate())
    const name = page.locator('#test-1-memory .legend button').first()
    const before = await colorsOf(page, 'test-1-memory')
    await name.click()
    expect(await name.getAttribute('aria-pressed')).toBe('false')
    await expect.poll(() => colorsOf(page, 'test-1-memory')).toBeLessThan(before)
    await name.click()
    await expect.poll(() => colorsOf(page, 'test-1-memory')).toBe(before)
  })

  it('writes values as the rest of the report does', async () => {
    const page = await open(makeFailedGate())
    const samples = [0.4, 7, 999.4, 999.6, 1234, 99_940, 99_960, 412_000, 999_400, 1_200_000, 12_300_000]
    const ours = samples.map((us) => formatDurationUs(us))
    expect(await page.evaluate(`${JSON.stringify(samples)}.map((us) => show.us(us))`)).toEqual(ours)
    const sizes = [12, 999, 5400, 57_000_000, 1_240_000_000]
    expect(await page.evaluate(`${JSON.stringify(sizes)}.map((size) => show.bytes(size))`)).toEqual(
      sizes.map((size) => formatBytes(size)),
    )
    const rates = [0.333, 9.5, 12.55, 99.9, 1234.5, 38_400]
    expect(await page.evaluate(`${JSON.stringify(rates)}.map((rate) => show.rate(rate))`)).toEqual(
      rates.map((rate) => formatRate(rate)),
    )
    const shares = [0, 0.04, 2.5, 61.2]
    expect(await page.evaluate(`${JSON.stringify(shares)}.map((share) => show.percent(share))`)).toEqual(
      shares.map((share) => formatPercent(share)),
    )
  })

  it('changes between light and dark', async () => {
    const page = await open(makeFailedGate(), { colorScheme: 'light' })
    const background = `getComputedStyle(document.body).backgroundColor`
    const light = await page.evaluate(background)
    await page.getByRole('button', { name: 'Dark' }).click()
    expect(await page.evaluate(background)).not.toBe(light)
    await page.getByRole('button', { name: 'Dark' }).click()
    expect(await page.evaluate(background)).toBe(light)
  })

  it('without scripts keeps its words and tables, and says that charts need them', async () => {
    const page = await open(makePassingResult(), { javaScriptEnabled: false })
    expect(await page.getByText('The charts need scripts').first().isVisible()).toBe(true)
    expect(await page.locator('#test-1-rate .summary').isVisible()).toBe(true)
    await page.locator('#test-1-rate summary').click()
    expect(await page.locator('#test-1-rate tbody tr').first().isVisible()).toBe(true)
    expect(await page.locator('#test-1-rate .plot').isVisible()).toBe(false)
  })

  it('prints its charts in light colours', async () => {
    const page = await open(makeFailedGate(), { colorScheme: 'dark' })
    const pdf = await page.pdf({ format: 'A4', printBackground: true })
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
    await page.evaluate(`dispatchEvent(new Event('beforeprint'))`)
    expect(await page.evaluate(`getComputedStyle(document.body).getPropertyValue('--card').trim()`)).toBe(
      '#ffffff',
    )
    await page.evaluate(`dispatchEvent(new Event('afterprint'))`)
    expect(await page.evaluate(`getComputedStyle(document.body).getPropertyValue('--card').trim()`)).not.toBe(
      '#ffffff',
    )
    expect(await page.evaluate(BLANK_CHARTS)).toEqual([])
  })

  it.each([
    '</script><script>document.title="taken"</script>',
    '<img src=x onerror="document.title=&quot;taken&quot;">',
    '"><svg onload=document.title="taken">',
    '<!--<script>',
  ])('shows %s as text', async (hostile) => {
    const page = await open(replaceTexts(makeFailedGate(), hostile) as RunResult)
    expect(await page.locator('h1').textContent()).toBe(hostile)
    expect(await page.locator('img, main script, svg[onload]').count()).toBe(0)
    expect(await page.title()).toContain(hostile)
    expect(await page.evaluate(BLANK_CHARTS)).toEqual([])
  })

  const WIDTHS = [
    ['wide, light', 1280, 'light'],
    ['wide, dark', 1280, 'dark'],
    ['narrow, light', 360, 'light'],
    ['narrow, dark', 360, 'dark'],
  ] as const
  const SHOWN = [
    ...WIDTHS.map((where) => ['all', ...where] as const),
    ...WIDTHS.map((where) => ['a failed gate on reach', ...where] as const),
    ['a run without a sample', ...WIDTHS[0]] as const,
    ['an hour', ...WIDTHS[3]] as const,
  ]

  it.each(SHOWN)(
    'has no accessibility violation and no sideways scrolling: %s, %s',
    async (name, _where, width, colorScheme) => {
      const page = await open(PAGES[name]!(), { viewport: { width, height: 740 }, colorScheme })
      await page.evaluate(`document.querySelectorAll('details').forEach((fold) => { fold.open = true })`)
      await page.evaluate(AXE)
      const { violations } = (await page.evaluate('axe.run()')) as {
        violations: { id: string; nodes: { html: string; failureSummary: string }[] }[]
      }
      expect(
        violations.map(({ id, nodes }) => [
          id,
          ...nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`),
        ]),
      ).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    },
  )
})

/** Ids of charts without a line: all of a canvas's points that are not transparent have the grid's few colours. */
const BLANK_CHARTS = `[...document.querySelectorAll('figure.chart')].filter((figure) => {
  const canvas = figure.querySelector('canvas')
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
  let coloured = 0
  for (let at = 0; at < data.length; at += 4)
    if (data[at + 3] > 200 && Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + 1], data[at + 2]) > 40) coloured++
  return coloured < 20
}).map((figure) => figure.id)`

/** How many colours stand in a chart. */
async function colorsOf(page: Page, id: string): Promise<number> {
  return (await page.evaluate(`(() => {
    const canvas = document.querySelector('#${id} canvas')
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    const seen = new Set()
    for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255) seen.add(data[at] + ',' + data[at + 1] + ',' + data[at + 2])
    return seen.size
  })()`)) as number
}

/** The stretch of time that a chart shows, in seconds. */
async function ticksOf(page: Page, id = 'test-1-rate'): Promise<number[]> {
  return (await page.evaluate(
    `(({ plot }) => [plot.scales.x.min, plot.scales.x.max])(drawn.get('${id}'))`,
  )) as number[]
}
