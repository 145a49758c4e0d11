import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { type Ended, findFreePort, runStress } from './stress.ts'

/** Password, query value and header differ from the token, which is looked for wherever it may come back. */
const PASSWORD = 'Okapi-pass-1'
const KEY = 'Gnu-key-22'
const HEADER = 'Ibex-header-333'
/** As it is, encoded for a URL, and in Base64 (Basic). */
const SECRET = 'Zebra+Kwagga/7'
const FORMS = [
  SECRET,
  encodeURIComponent(SECRET),
  Buffer.from(`me:${PASSWORD}`).toString('base64'),
  Buffer.from(SECRET).toString('base64').replace(/=*$/, ''),
  PASSWORD,
  KEY,
  HEADER,
]

const folder = mkdtempSync(join(tmpdir(), 'stress-secrets-'))
afterAll(() => rmSync(folder, { recursive: true }))
let server: BadServer
beforeEach(async () => {
  server = await startBadServer('echo')
})
afterEach(() => server.close())

function expectNoSecret(...texts: string[]): void {
  for (const text of texts) for (const form of FORMS) expect(text).not.toContain(form)
}

async function expectSilent(args: readonly string[], code: number): Promise<Ended> {
  const ended = await runStress(args, { cwd: folder })
  expectNoSecret(ended.stdout, ended.stderr)
  expect(ended.code).toBe(code)
  return ended
}

/** Password, query, token and header; with `host` in place of the server's. */
function secretArguments(host = `127.0.0.1:${server.port}`): string[] {
  const url = `ws://me:${PASSWORD}@${host}/ws?token={token}&key=${KEY}`
  return [url, '--token', SECRET, '-H', `X-Api-Key: ${HEADER}`, '-c', '2', '-m', '2']
}

describe('a secret', () => {
  it('reaches the server, and no stream and no file', async () => {
    await expectSilent([...secretArguments(), '--full', '-o', 'r.json', '-o', 'r.txt'], 0)
    const { requestLine, requestHeaders } = server.log.connections[0]!
    expect(requestLine).toContain(`token=${FORMS[1]}&key=${KEY}`)
    expect(requestHeaders).toMatchObject({ authorization: `Basic ${FORMS[2]}`, 'x-api-key': HEADER })
    expectNoSecret(...['r.json', 'r.txt'].map((name) => readFileSync(join(folder, name), 'utf8')))
  })

  it('in -H Authorization, a token file and the message stays out as well', async () => {
    writeFileSync(join(folder, 'tokens.txt'), `${SECRET}\n${SECRET}2\n`)
    const args = [`127.0.0.1:${server.port}`, '-H', `Authorization: Bearer ${SECRET}`, '-m', '1', '-c', '2']
    const message = ['--token', '@tokens.txt', '--payload', '{"t":"{token}","n":{seq}}', '--json']
    await expectSilent([...args, ...message], 0)
    expect(server.log.messages).toBe(2)
  })

  it('stays out of --debug, where the server sends it back', async () => {
    const args = [...secretArguments(), '--payload', 'my {token} {seq}', '--debug']
    const { stdout } = await expectSilent(args, 0)
    expect(stdout).toContain('my …')
  })

  it.each([[[]], [['--json']]])('stays out of --dry-run %j', async (args) => {
    await expectSilent([...secretArguments(), '--dry-run', ...args], 0)
  })

  it('stays out of the report on a server that cannot be reached', async () => {
    await expectSilent([...secretArguments(`127.0.0.1:${await findFreePort()}`), '--full'], 3)
  })

  it.each([
    ['a URL that is none', [`ws://me:${FORMS[1]}@host:99999999/`]],
    ['a URL whose password is not encoded', [`ws://me:${SECRET}@host:1/`]],
    ['a URL of another scheme', [`ftp://me:${FORMS[1]}@host/?token=${SECRET}`]],
    ['an option that nobody knows', ['--tokne', SECRET]],
    ['the same with =', [`--api-key=${SECRET}`]],
    ['a header without a colon', ['-H', SECRET]],
    ['a header with a line feed', ['-H', `Authorization: Bearer ${SECRET}\nX: y`]],
    ['a header of the handshake', ['-H', `Sec-WebSocket-Key: ${SECRET}`]],
    ['a token that no header can carry', ['--token', `${SECRET}\u0001`]],
    ['an unknown placeholder beside it', [`ws://host/?key=${SECRET}&token={tokn}`]],
    ['two ways to authorize', [`ws://me:${FORMS[1]}@host/`, '-H', `Authorization: ${SECRET}`]],
    ['a command without a URL', ['--', 'server', '--password', SECRET]],
  ])('stays out of the message on %s', async (_, args) => {
    await expectSilent(args, 2)
  })

  it('in a scenario or a variable stays out of the message', async () => {
    writeFileSync(
      join(folder, 's.yaml'),
      `headers:\n  "X Y": ${SECRET}\ntoken: [${SECRET}]\nurl: 'ws://me:${FORMS[1]}@:1'\n`,
    )
    await expectSilent(['s.yaml'], 2)
    const { stdout, stderr, code } = await runStress([], { env: { STRESS_HEADER: SECRET } })
    expectNoSecret(stdout, stderr)
    expect(code).toBe(2)
  })
})
