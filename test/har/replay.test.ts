/** What a real browser said to the demo page becomes a flow, and 100 clients say it again. Without Chromium it is skipped. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunResult } from '../../src/result/run-result.ts'
import { mintToken } from '../../src/tokens/mint-token.ts'
import { runForResult, runStress } from '../cli/stress.ts'
import { findChromium, launchChromium } from '../servers/momentum/chromium.ts'
import { connect, request, SECRET, startMomentum } from '../servers/momentum/momentum-client.ts'
import { makeFolder, writeFlow } from '../support/write-flow.ts'
import { recordHar } from './record-har.ts'

const chromium = findChromium()
const title = chromium === null ? 'a recorded flow: skipped, there is no Chromium' : 'a recorded flow'

/** Joins, says something, notifies, pings; somebody else joins meanwhile. */
async function recordDemo(): Promise<{ har: string; token: string }> {
  const browser = await launchChromium(chromium!)
  const server = await startMomentum()
  try {
    const page = await browser.newPage()
    const readHar = await recordHar(page)
    const token = await mintToken({ secret: SECRET, client: 1, lifetimeSec: 600 })
    await page.goto(`http://127.0.0.1:${server.port}/demo#token=${token}`)
    await page.getByText('Connected as user-1').waitFor()
    const message = page.getByLabel('Message', { exact: true })
    const seen = (text: string) => page.locator('#messages li', { hasText: text }).first().waitFor()
    await message.fill('hello load')
    await page.keyboard.press('Enter')
    await seen('hello load')
    const other = await connect(server, 2)
    await seen('user-2')
    await message.fill('disk full')
    await page.getByRole('button', { name: 'Notification' }).click()
    await seen('disk full')
    await page.getByRole('button', { name: 'Ping' }).click()
    await seen(' ms')
    other.socket.close()
    return { har: readHar(), token }
  } finally {
    await browser.close()
    await server.close()
  }
}

/** Runs a flow with 100 clients on a server of its own: what the run counted, and what the server did. */
async function replay(path: string): Promise<{ result: RunResult; stats: Record<string, unknown> }> {
  const server = await startMomentum()
  const { result } = await runForResult([
    path,
    `ws://127.0.0.1:${server.port}/ws?token={token}`,
    ...['--jwt-secret', SECRET, '-c', '100', '--timeout', '20s'],
  ])
  const stats = (await (await request(server, '/ws/stats')).json()) as Record<string, unknown>
  await server.close()
  return { result, stats }
}

function countsOf({ tests }: RunResult): Record<string, number | null> {
  const names = [
    'flows_completed',
    'flows_failed',
    'messages_sent',
    'connections_opened',
    'connections_failed',
  ]
  return Object.fromEntries(
    names.map((name) => {
      const metric = tests[0]!.metrics[name]
      return [name, metric?.type === 'counter' ? metric.count : null]
    }),
  )
}

const BY_HAND = `
  const say = async (step, message_type, data, answer) => {
    const id = crypto.randomUUID()
    await client.step(step, async () => {
      await client.send({ id, message_type, data, timestamp: new Date().toISOString() })
      await client.expect({ '/message_type': answer, '/id': id })
    })
  }
  await say('text', 'text', { content: 'hello load' }, 'text')
  await say('notification', 'notification', { content: 'disk full', priority: 'normal' }, 'notification')
  await say('ping', 'ping', {}, 'pong')
  await client.close()`

describe.runIf(chromium !== null)(title, () => {
  it('and one written by hand do the same to the server', { timeout: 120_000 }, async () => {
    const { har, token } = await recordDemo()
    const folder = makeFolder()
    const [harPath, flowPath] = [join(folder, 'demo.har'), join(folder, 'demo.mjs')]
    writeFileSync(harPath, har)
    const imported = await runStress(['import', 'har', harPath, '-o', flowPath, '--think', 'max=100ms'])
    expect([imported.code, imported.stderr]).toEqual([0, ''])
    expect(imported.stdout).toMatch(/demo\.mjs: 3 messages sent, 4 received/)
    const text = readFileSync(flowPath, 'utf8')
    expect(text).not.toContain(token)
    expect(text).toContain("'/message_type': 'pong'")

    const recorded = await replay(flowPath)
    const written = await replay(writeFlow(BY_HAND))
    expect(countsOf(recorded.result)).toEqual({
      flows_completed: 100,
      flows_failed: 0,
      messages_sent: 300,
      connections_opened: 100,
      connections_failed: 0,
    })
    expect(countsOf(written.result)).toEqual(countsOf(recorded.result))
    const byServer = ({ stats }: { stats: Record<string, unknown> }) => ({
      total: stats.total_messages,
      types: stats.messages_by_type,
      connections: stats.total_connections,
      faulty: stats.messages_faulty,
    })
    expect(byServer(recorded)).toEqual({
      total: 300,
      types: { text: 100, notification: 100, ping: 100 },
      connections: 100,
      faulty: 0,
    })
    expect(byServer(written)).toEqual(byServer(recorded))
    const steps = Object.keys(recorded.result.tests[0]!.metrics).filter((name) =>
      name.startsWith('step_time'),
    )
    expect(steps.sort()).toEqual([
      'step_time{step=notification}',
      'step_time{step=ping}',
      'step_time{step=text}',
    ])
  })
})
