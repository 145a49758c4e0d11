import { PassThrough } from 'node:stream'
import { afterEach, expect, it, test } from 'vitest'
import { type ClientContext, runClient, runWatch } from '../../src/cli/client.ts'
import { parseClient } from '../../src/cli/parse-client.ts'
import { EXIT } from '../../src/errors.ts'
import { type ScriptedServer, startScriptedServer } from './scripted-server.ts'

const servers: ScriptedServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function start(): Promise<ScriptedServer> {
  const server = await startScriptedServer((text, socket) => socket.send(text))
  servers.push(server)
  return server
}

/** As a process in a pipe: `text` in, what was written and the exit code out. */
function run(text: string | null, args: readonly string[], exitCode: number | null = null) {
  const stdin = new PassThrough()
  const stdout = new PassThrough({ encoding: 'utf8' })
  const abort = new AbortController()
  const said = { stdout: '', stderr: '' }
  stdout.on('data', (chunk: string) => {
    said.stdout += chunk
  })
  const context: ClientContext = {
    stdin,
    stdout,
    stderr: { write: (chunk) => (said.stderr += chunk) },
    signals: { signal: abort.signal, exitCode: () => exitCode },
  }
  if (text !== null) stdin.end(text)
  const command = parseClient(args, {})
  const code = command.command === 'watch' ? runWatch(command, context) : runClient(command, context)
  code.catch(() => {})
  return { code, said, stdin, stdout, abort }
}

it('passes when all was sent and came back', async () => {
  const { url } = await start()
  const { code, said } = run('text hi\n', [url])
  expect(await code).toBe(EXIT.passed)
  expect(said).toEqual({ stdout: 'hi\n', stderr: '' })
})

it('says by its code that a line was no command', async () => {
  const { url } = await start()
  const { code } = run('hello\ntext hi\n', [url, '--dialect', 'momentum'])
  expect(await code).toBe(EXIT.usage)
})

it('sends the token as ?token= and never shows it', async () => {
  const server = await start()
  server.refuseWith = 401
  const { code, said } = run('text hi\n', [server.url, '--token', 's3cret'])
  const error = await code.catch(String)
  expect(server.requests[0]!.url).toBe('/ws?token=s3cret')
  expect(error).toMatch(/check that the JWT is valid, the user exists and is active$/)
  expect(JSON.stringify([error, said])).not.toContain('s3cret')
})

it('mints a token that the secret cannot be read from', async () => {
  const server = await start()
  const { code } = run('text hi\n', [server.url, '--jwt-secret', 's3cret', '--username', 'alice'])
  expect(await code).toBe(EXIT.passed)
  const token = new URL(server.requests[0]!.url!, 'http://h').searchParams.get('token')!
  const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())
  expect(claims).toMatchObject({ username: 'alice', email: 'alice@example.com' })
  expect(token).not.toContain('s3cret')
})

it('refused without a token, says how to give one', async () => {
  const server = await start()
  server.refuseWith = 401
  await expect(run('', [server.url]).code).rejects.toThrow('none was sent: give --token, or --jwt-secret')
})

test.each([
  ['Ctrl-C', EXIT.interrupted, EXIT.passed],
  ['SIGTERM', EXIT.terminated, EXIT.terminated],
])('%s ends it politely', async (_name, signalCode, expected) => {
  const server = await start()
  const { code, abort } = run(null, [server.url], signalCode)
  await server.until(() => server.sockets.length === 1)
  abort.abort()
  expect(await code).toBe(expected)
})

it('ends when nobody reads its output any more', async () => {
  const server = await start()
  const { code, stdout } = run(null, [server.url])
  await server.until(() => server.sockets.length === 1)
  stdout.destroy(new Error('EPIPE'))
  expect(await code).toBe(EXIT.passed)
})

it('watching for some ticks fails when the server was never there', async () => {
  const { code, said } = run(null, ['--watch', 'http://127.0.0.1:9', '--ticks', '2', '--interval', '1ms'])
  await expect(code).rejects.toThrow('no figures from http://127.0.0.1:9 at any tick')
  expect(said.stdout.match(/no figures: /g)).toHaveLength(2)
})
