/** `stress import har` as a user runs it, and `--debug` of what comes out. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startFlowServer } from '../support/flow-server.ts'
import { makeFolder } from '../support/write-flow.ts'
import { runStress } from './stress.ts'

const SENT = { type: 'send', time: 1, opcode: 1, data: '{"type":"login","password":"hunter2-secret"}' }
const CAME = { type: 'receive', time: 1.1, opcode: 1, data: '{"type":"login","password":"hunter2-secret"}' }

function writeHar(...urls: string[]): { har: string; flow: string } {
  const folder = makeFolder()
  const entries = urls.map((url) => ({ request: { url, headers: [] }, _webSocketMessages: [SENT, CAME] }))
  const [har, flow] = [join(folder, 'a.har'), join(folder, 'flow.mjs')]
  writeFileSync(har, JSON.stringify({ log: { entries } }))
  return { har, flow }
}

describe('stress import har', () => {
  it('writes a flow that runs, and says which variables it needs', async () => {
    const { har, flow } = writeHar('ws://h/one')
    const { code, stdout } = await runStress(['import', 'har', har, '-o', flow])
    expect([code, stdout]).toEqual([0, `${flow}: 1 messages sent, 1 received; secrets taken out: PASSWORD\n`])
    expect(readFileSync(flow, 'utf8')).not.toContain('hunter2')
    const server = await startFlowServer()
    const debug = await runStress([flow, server.url, '--debug', '--var', 'PASSWORD=another-secret'])
    await server.close()
    expect(debug.code).toBe(0)
    expect(debug.stdout).toMatch(/{ login\n.*→ text .*\n.*← text .*\n.*} login done in/)
    expect(debug.stdout).not.toContain('another-secret')
    expect(server.log.texts).toEqual(['{"type":"login","password":"another-secret"}'])
  })

  it('writes nothing over a file that is there, unless told to', async () => {
    const { har, flow } = writeHar('ws://h/one')
    writeFileSync(flow, 'mine')
    const refused = await runStress(['import', 'har', har, '-o', flow])
    expect([refused.code, readFileSync(flow, 'utf8')]).toEqual([2, 'mine'])
    expect(refused.stderr).toContain('is there already')
    const forced = await runStress(['import', 'har', har, '-o', flow, '--force'])
    expect([forced.code, readFileSync(flow, 'utf8')]).toEqual([
      0,
      expect.stringContaining('export default async'),
    ])
  })

  it('of several WebSockets wants to know which, and lists them without secrets', async () => {
    const { har } = writeHar('wss://h/one?token=t0p-secret', 'ws://h/two')
    const refused = await runStress(['import', 'har', har])
    expect([refused.code, refused.stdout]).toEqual([2, ''])
    expect(refused.stderr).toMatch(/has 2 WebSockets with messages: .*h\/one.*h\/two/)
    const list = await runStress(['import', 'har', har, '--list'])
    expect(list.stdout.split('\n')).toHaveLength(3)
    for (const text of [refused.stderr, list.stdout]) expect(text).not.toContain('t0p-secret')
    for (const choice of [
      ['--index', '2'],
      ['--url', '/two'],
    ]) {
      const { code, stdout } = await runStress(['import', 'har', har, ...choice])
      expect([code, stdout]).toEqual([0, expect.stringContaining("'ws://h/two'")])
    }
    expect((await runStress(['import', 'har', har, '--index', '3'])).code).toBe(2)
  })

  it.each([
    [['import'], 'does not say what'],
    [['import', 'pcap', 'x'], 'is nothing that can be imported'],
    [['import', 'har'], 'names no file'],
    [['import', 'har', '/nowhere.har'], 'names a file that does not exist'],
    [['import', 'har', '/dev/zero'], 'names no regular file'],
    [['import', 'har', 'package.json'], 'is no HAR'],
    [['import', 'har', 'x', '--think', 'long', '--index', '0'], 'is not known'],
  ])('refuses %j', async (argv, problem) => {
    const { code, stderr } = await runStress(argv)
    expect([code, stderr]).toEqual([2, expect.stringContaining(problem)])
    expect(existsSync('flow.mjs')).toBe(false)
  })
})
