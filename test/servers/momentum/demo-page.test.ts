/** The demo page in a real browser. Without Chromium this is skipped, and its title says so. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DEMO_PAGE } from '../../../src/servers/momentum/demo.ts'
import { type RunningServer, startServer } from '../../../src/servers/start.ts'
import { mintToken, userIdOf } from '../../../src/tokens/mint-token.ts'
import { findChromium, launchChromium } from './chromium.ts'
import { connect, request, SECRET, startMomentum } from './momentum-client.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const chromium = findChromium()
const title = chromium === null ? 'the demo page: skipped, there is no Chromium' : 'the demo page'

describe('the answer to /demo', () => {
  it('allows no script but its own, by hash', async () => {
    const server = await startMomentum()
    const answer = await request(server, '/demo')
    const policy = answer.headers.get('content-security-policy')!
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[A-Za-z0-9+/=]{44}'; style-src 'sha256-/)
    expect(policy).not.toContain('unsafe')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(await answer.text()).toBe(DEMO_PAGE)
    await server.close()
  })

  it('needs nothing from elsewhere, and turns no text into markup', () => {
    expect(DEMO_PAGE).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|\bsrc=|https?:\/\//)
  })

  it('sends /demo/ beside itself, whatever prefix stands in front', async () => {
    const server = await startServer('all', { port: 0, jwtSecret: SECRET })
    const answer = await request(server, '/momentum/demo/')
    expect([answer.status, new URL(answer.url).pathname]).toEqual([200, '/momentum/demo'])
    await server.close()
  })
})

describe.runIf(chromium !== null)(title, () => {
  let browser: Browser
  let server: RunningServer
  let pages: Page[]
  /** What the browser complained about: a policy violated, an error in the script. */
  let complaints: string[]

  beforeAll(async () => {
    browser = await launchChromium(chromium!)
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    server = await startMomentum()
    pages = []
    complaints = []
  })
  afterEach(async () => {
    await Promise.all(pages.map((page) => page.context().close()))
    await server.close()
    expect(complaints).toEqual([])
  })

  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (
      await browser.newContext({ viewport: { width: 1200, height: 800 }, ...options })
    ).newPage()
    pages.push(page)
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (entry) => {
      if (entry.type() === 'error' && !isAboutConnection(entry.text())) complaints.push(entry.text())
    })
    await page.goto(`http://127.0.0.1:${server.port}${path}`)
    return page
  }

  async function openAs(client: number, options?: BrowserContextOptions, path = '/demo'): Promise<Page> {
    const token = await mintToken({ secret: SECRET, client, lifetimeSec: 600 })
    const page = await open(`${path}#token=${token}`, options)
    await statusOf(page, `Connected as user-${client}`)
    return page
  }

  it('lets two tabs talk', async () => {
    const ann = await openAs(1)
    const bob = await openAs(2)
    await itemOf(ann, 'user_joined', 'user-2')
    await statusOf(ann, '2 online')

    await ann.getByLabel('Message', { exact: true }).fill('hello bob')
    await ann.keyboard.press('Enter')
    await itemOf(bob, 'text', 'user-1: hello bob')
    await itemOf(ann, 'text', 'user-1: hello bob')
    expect(await ann.getByLabel('Message', { exact: true }).inputValue()).toBe('')

    await bob.getByLabel('Message', { exact: true }).fill('disk full')
    await bob.getByRole('button', { name: 'Notification' }).click()
    await itemOf(ann, 'notification', 'user-2: [normal] disk full')

    await bob.getByLabel('To user id').fill(userIdOf(1))
    await bob.getByLabel('Message', { exact: true }).fill('for you')
    await bob.getByRole('button', { name: 'Send' }).click()
    await itemOf(ann, 'text', 'user-2: for you')
    await itemOf(bob, 'sent', 'to user-1: for you')

    await bob.getByRole('button', { name: 'Ping' }).click()
    await itemOf(bob, 'pong', ' ms')
    await bob.context().close()
    await itemOf(ann, 'user_left', 'user-2')
    await statusOf(ann, '1 online')
  })

  it.each([
    '<script>document.title = "taken"</script>',
    '<img src=x onerror="document.title=&quot;taken&quot;">',
    '<img src=x onerror=document.title="taken">',
    '"><svg onload=document.title="taken">',
  ])('shows %s as text, wherever it stands', async (hostile) => {
    const page = await openAs(1)
    const eve = await connect(server, 2)
    eve.send({ message_type: 'text', data: { content: hostile } })
    eve.send({ message_type: hostile, data: { content: hostile, priority: hostile } })
    eve.send({ message_type: 'text', data: { [hostile]: hostile } })
    await itemOf(page, 'text', `user-2: ${hostile}`)
    await itemOf(page, 'other', `[${hostile}] ${hostile}`)
    await itemOf(page, 'text', JSON.stringify({ [hostile]: hostile }))
    expect(await page.locator('#log script, #log img, #log svg').count()).toBe(0)
    expect(await page.title()).toBe('Momentum demo')
    eve.socket.close()
  })

  it('keeps the last 500 entries', async () => {
    const page = await openAs(1)
    const bob = await connect(server, 2)
    for (let n = 1; n <= 1200; n++) bob.send({ message_type: 'text', data: { content: `no. ${n}` } })
    await itemOf(page, 'text', 'no. 1200')
    expect(await page.locator('#messages li').count()).toBe(500)
    expect(await page.locator('#messages li').first().textContent()).toContain('no. 701')
    bob.socket.close()
  })

  it('can be used by keyboard alone', async () => {
    const page = await open('/demo')
    const seen: string[] = []
    for (let presses = 0; presses < 6; presses++) {
      await page.keyboard.press('Tab')
      const [name, outline] = (await page.evaluate(
        `[document.activeElement.id || document.activeElement.textContent, getComputedStyle(document.activeElement).outlineStyle]`,
      )) as [string, string]
      seen.push(name)
      expect(outline, `${name} shows that it has the focus`).not.toBe('none')
    }
    expect(seen).toEqual(['Connection', 'url', 'token', 'auto-ping', 'connect', 'log'])
    await page.getByLabel('Token').focus()
    await page.keyboard.insertText(await mintToken({ secret: SECRET, client: 5, lifetimeSec: 600 }))
    await page.keyboard.press('Enter')
    await statusOf(page, 'Connected as user-5')
    await page.getByRole('button', { name: 'Disconnect' }).press('Enter')
    await statusOf(page, 'Not connected')
  })

  it('finds the server behind a path prefix', async () => {
    const all = await startServer('all', { port: 0, jwtSecret: SECRET })
    const token = await mintToken({ secret: SECRET, client: 1, lifetimeSec: 600 })
    const page = await open('/demo')
    await page.goto(`http://127.0.0.1:${all.port}/momentum/demo#token=${token}`)
    await statusOf(page, 'Connected as user-1, 1 online')
    expect(await page.getByLabel('Server').inputValue()).toBe(`ws://127.0.0.1:${all.port}/momentum/ws`)
    await page.goto('about:blank')
    await all.close()
  })

  it('speaks wss when it came by https', async () => {
    const page = await open('/demo')
    // Stands for a proxy with a certificate in front.
    await page.route('https://chat.example/**', (route) =>
      route.fulfill({ contentType: 'text/html', body: DEMO_PAGE }),
    )
    await page.goto('https://chat.example/momentum/demo')
    expect(await page.getByLabel('Server').inputValue()).toBe('wss://chat.example/momentum/ws')
  })

  it('pings every 30 s, unless told not to', async () => {
    const page = await open('/demo')
    await page.clock.install()
    await page.getByLabel('Token').fill(await mintToken({ secret: SECRET, client: 1, lifetimeSec: 600 }))
    await page.keyboard.press('Enter')
    await statusOf(page, 'Connected')
    await page.clock.runFor(29_000)
    expect(await page.locator('li[data-kind=pong]').count()).toBe(0)
    await page.clock.runFor(2000)
    await expectCount(page, 'pong', 1)
    await page.getByLabel('Ping every 30 s').uncheck()
    await page.clock.runFor(120_000)
    await page.getByRole('button', { name: 'Ping' }).click()
    await expectCount(page, 'pong', 2)
  })

  it('tries again after 1, 2, 4, 8 and 16 s, then says that it gave up', async () => {
    const page = await open('/demo')
    await page.clock.install()
    await page.getByLabel('Token').fill('not a token')
    await page.keyboard.press('Enter')
    for (const [index, waitSec] of [1, 2, 4, 8, 16].entries()) {
      await statusOf(page, `Next try in ${waitSec} s, ${index + 1} of 5`)
      await page.clock.runFor(waitSec * 1000)
    }
    await statusOf(page, 'Gave up after 5 tries')
    const { refused_connections } = (await (await request(server, '/ws/stats')).json()) as Record<
      string,
      number
    >
    expect(refused_connections).toBe(6)
    expect(await page.getByRole('button', { name: 'Connect', exact: true }).isEnabled()).toBe(true)
  })

  it('says what is wrong with a server address', async () => {
    const page = await open('/demo')
    await page.getByLabel('Server').fill('not an address')
    await page.keyboard.press('Enter')
    await statusOf(page, 'The server address is not valid')
  })

  it.each([
    ['wide, light', 1200, 'light'],
    ['wide, dark', 1200, 'dark'],
    ['narrow, light', 360, 'light'],
    ['narrow, dark', 360, 'dark'],
  ] as const)(
    'has no accessibility violation and no sideways scrolling: %s',
    async (_name, width, colorScheme) => {
      const page = await openAs(1, { viewport: { width, height: 740 }, colorScheme })
      const bob = await connect(server, 2)
      for (const type of ['text', 'notification', 'custom']) {
        bob.send({ message_type: type, data: { content: 'x'.repeat(300), priority: 'high' } })
      }
      await page.getByRole('button', { name: 'Ping' }).click()
      await request(server, '/ws/broadcast', {
        method: 'POST',
        body: JSON.stringify({ message_type: 'system_message', data: { content: 'maintenance at noon' } }),
      })
      await itemOf(page, 'system_message', 'server: maintenance at noon')
      // Folded on a phone once it is connected.
      if (width < 640) await page.getByText('Connection', { exact: true }).click()
      await page.getByLabel('Token').waitFor()
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
      bob.socket.close()
    },
  )
})

/** The browser itself reports refused handshakes; they are what some tests are about. */
function isAboutConnection(text: string): boolean {
  return text.includes('WebSocket connection to')
}

/** Waits until the status line contains the text. */
async function statusOf(page: Page, text: string): Promise<void> {
  await page.locator('#status', { hasText: text }).waitFor({ timeout: 10_000 })
}

/** Waits for an entry of that kind with that text. */
async function itemOf(page: Page, kind: string, text: string): Promise<void> {
  await page.locator(`li[data-kind=${kind}]`, { hasText: text }).first().waitFor({ timeout: 10_000 })
}

async function expectCount(page: Page, kind: string, count: number): Promise<void> {
  await page.locator(`#messages:has(li[data-kind=${kind}])`).waitFor()
  await page
    .locator(`li[data-kind=${kind}]`)
    .nth(count - 1)
    .waitFor()
  expect(await page.locator(`li[data-kind=${kind}]`).count()).toBe(count)
}
