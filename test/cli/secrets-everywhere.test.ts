/** Every kind of secret in one command line, against every output, with a server that repeats all it hears. Needs dist. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { childrenOf, type Ended, findFreePort, runStress, type StartOptions, startStress } from './stress.ts'

const SECRET = {
  token: 'Zebra+Kwagga/7',
  password: 'Okapi-pass-1',
  query: 'Gnu&key=22',
  authorization: 'Ibex-bearer-333',
  cookie: 'Eland-cookie-4444',
  header: 'Kudu-header-55555',
  argument: 'Nyala-argument-666',
  jwt: 'Bongo-signing-key-7777',
}
/** As written, in an address, in JSON, in Base64. */
const FORMS = Object.values(SECRET).flatMap((text) => [
  text,
  encodeURIComponent(text),
  encodeURIComponent(text).toLowerCase(),
  Buffer.from(text).toString('base64').replace(/=*$/, ''),
])
FORMS.push(Buffer.from(`me:${SECRET.password}`).toString('base64'))
const MINTED = /eyJ[\w-]{10,}/

const folder = mkdtempSync(join(tmpdir(), 'stress-secrets-'))
writeFileSync(join(folder, 'tokens.txt'), `${SECRET.token}\n`)
afterAll(() => rmSync(folder, { recursive: true }))

let server: BadServer | null = null
beforeEach(() => {
  for (const name of ['r.json', 'r.txt']) rmSync(join(folder, name), { force: true })
})
afterEach(async () => {
  await server?.close()
  server = null
})

function expectNone(where: string, text: string): void {
  const found = FORMS.filter((form) => text.includes(form))
  expect(found, `${where}: ${text}`).toEqual([])
  expect(text, where).not.toMatch(MINTED)
}

interface Given {
  args: string[]
  options: StartOptions
}

/** The ways in which people give secrets: to a server at `host`. The user and password are in a second, equal address. */
const WAYS: Record<string, (host: string, scheme?: string) => Given> = {
  flags: (host, scheme = 'ws') => ({
    args: [
      `${scheme}://${host}/ws/{token}?token={token}&key=${encodeURIComponent(SECRET.query)}`,
      ...['--token', SECRET.token, '-H', `Authorization: Bearer ${SECRET.authorization}`],
      ...['-H', `Cookie: a=b; session=${SECRET.cookie}`, '-H', `X-Key: ${SECRET.header}`],
    ],
    options: {},
  }),
  'the URL and a token file': (host, scheme = 'ws') => ({
    args: [`${scheme}://me:${SECRET.password}@${host}/{token}`, '--token', '@tokens.txt'],
    options: {},
  }),
  'a scenario': (host, scheme = 'ws') => {
    const url = `${scheme}://me:${SECRET.password}@${host}/{token}?key=${encodeURIComponent(SECRET.query)}`
    const headers = { Cookie: `session=${SECRET.cookie}`, 'X-Key': SECRET.header }
    const text = JSON.stringify({ url, token: [SECRET.token], headers })
    const name = `${scheme}-${host.split(':')[1]}.yaml`
    writeFileSync(join(folder, name), text)
    return { args: [name], options: {} }
  },
  variables: (host, scheme = 'ws') => ({
    args: [],
    options: {
      env: {
        STRESS_URL: `${scheme}://me:${SECRET.password}@${host}/{token}?key=${encodeURIComponent(SECRET.query)}`,
        STRESS_TOKEN: SECRET.token,
        STRESS_HEADER: `Cookie: session=${SECRET.cookie}\nX-Key: ${SECRET.header}`,
      },
    },
  }),
  'a signing key': (host, scheme = 'ws') => ({
    args: [`${scheme}://${host}/{token}`, '--jwt-secret', SECRET.jwt],
    options: {},
  }),
  'a signing key in the environment': (host, scheme = 'ws') => ({
    args: [`${scheme}://${host}/`, '--dialect', 'momentum'],
    options: { env: { JWT_SECRET: SECRET.jwt } },
  }),
}
const ways = Object.entries(WAYS)
/** Where each run takes longer: those whose secrets differ in kind. */
const FEW = ['flags', 'the URL and a token file', 'a signing key']
const few = ways.filter(([name]) => FEW.includes(name))

async function runSilently(where: string, { args, options }: Given, ...more: string[]): Promise<Ended> {
  const ended = await runStress([...args, ...more], { cwd: folder, ...options })
  expectNone(`${where} ${more.join(' ')}, stdout`, ended.stdout)
  expectNone(`${where} ${more.join(' ')}, stderr`, ended.stderr)
  return ended
}

/** The same with each of these ways, two at a time. */
async function runWays(ways: typeof few, host: string, ...more: string[]): Promise<Ended[]> {
  const all: Ended[] = []
  for (let index = 0; index < ways.length; index += 2) {
    const pair = ways.slice(index, index + 2).map(([name, give]) => runSilently(name, give(host), ...more))
    all.push(...(await Promise.all(pair)))
  }
  return all
}

const LOAD = ['-c', '2', '-m', '2', '-t', '300ms', '-W', '0']

describe('no secret is in', () => {
  it('reports, files and progress, when the server repeats all it hears', async () => {
    server = await startBadServer('parrot')
    const host = `127.0.0.1:${server.port}`
    for (const [index, [name, give]] of ways.entries()) {
      const momentum = name.endsWith('environment')
      const load = momentum
        ? ['-c', '2', '-d', '200ms', '-W', '0', '-t', '200ms', '--test-type', 'push']
        : LOAD
      const shown = index % 2 === 0 ? '--full' : '--quiet'
      const files = ['-o', 'r.json', '-o', 'r.txt']
      if (momentum) continue
      await runSilently(name, give(host), ...load, shown, ...files)
      for (const file of ['r.json', 'r.txt'])
        expectNone(`${name} ${file}`, readFileSync(join(folder, file), 'utf8'))
    }
    // They did reach the server.
    const heard = server.log.connections.map(
      (one) => `${one.requestLine} ${JSON.stringify(one.requestHeaders)}`,
    )
    for (const kind of ['authorization', 'cookie', 'header'] as const)
      expect(heard.join()).toContain(SECRET[kind])
    expect(heard.join()).toContain(encodeURIComponent(SECRET.token))
    expect(heard.join()).toMatch(MINTED)
  })

  it('--debug, when the server repeats all it hears', async () => {
    server = await startBadServer('parrot')
    const ended = await runWays(few, `127.0.0.1:${server.port}`, '--debug', '-t', '300ms')
    expect(ended.filter(({ stdout }) => stdout.includes('←'))).toHaveLength(3)
  })

  it.each(['--debug', '--full'])(
    '%s, when the server sends us to an address that repeats it',
    async (shown) => {
      server = await startBadServer('parrot', { refuses: true })
      const ended = await runWays(few, `127.0.0.1:${server.port}`, shown, '-t', '300ms', '-c', '1')
      for (const { stdout, code } of ended) {
        expect(stdout).toContain('307')
        expect(code).toBe(3)
      }
    },
  )

  it('the same of a compressed run, and of an event stream', async () => {
    server = await startBadServer('parrot', { refuses: true })
    const host = `127.0.0.1:${server.port}`
    const { stdout } = await runSilently('compressed', WAYS.flags!(host), '--compress', '-m', '1', '-c', '1')
    expect(stdout).toContain('307')
    const stream = await runSilently(
      'stream',
      WAYS.flags!(host, 'http'),
      '--dialect',
      'sse',
      '-c',
      '1',
      '-d',
      '1',
    )
    expect(stream.stdout).toContain('307')
  })

  it.each([
    ['--dry-run', ways],
    ['--dry-run --json', few],
  ] as const)('%s', async (more, given) => {
    for (const { code } of await runWays([...given], '127.0.0.1:1', ...more.split(' '), '-m', '1'))
      expect([0, 2]).toContain(code)
  })

  it('the report on a server that cannot be reached', async () => {
    const host = `127.0.0.1:${await findFreePort()}`
    for (const { code } of await runWays(few.slice(0, 2), host, '-c', '1', '--full'))
      expect([2, 3]).toContain(code)
  })

  it('the message on a mistake beside it', async () => {
    for (const { code, stderr } of await runWays(ways, '127.0.0.1:1', '-c', 'x', '--sizee', '3', '--rate')) {
      expect(code).toBe(2)
      expect(stderr).toContain('--connections')
    }
  })

  it('what is said of the command that starts the server', async () => {
    const port = await findFreePort()
    const args = [`ws://127.0.0.1:${port}`, '-m', '1', '-c', '1']
    const command = [process.execPath, '-e', 'process.exit(3)', '--', '--password', SECRET.argument]
    for (const more of [['--full'], ['--dry-run', '--json'], ['--debug']])
      await runSilently('command', { args: [...args, ...more], options: { command } })
    const gone = { command: ['./no-such-program', `--password=${SECRET.argument}`] }
    await runSilently('command', { args, options: gone })
  })

  it('verify: list, TAP and JUnit', async () => {
    server = await startBadServer('parrot')
    const url = `ws://me:${SECRET.password}@127.0.0.1:${server.port}/?key=${encodeURIComponent(SECRET.query)}`
    const given = ['verify', url, '--dialect', 'echo', '--skip-performance', '--token', SECRET.token]
    const args = [...given, '--timeout', '200ms', '--junit', 'junit.xml']
    const { code } = await runSilently('verify', { args, options: {} })
    expect([2, 99]).toContain(code)
  })

  it('client, when its server cannot be reached or repeats all it hears', async () => {
    server = await startBadServer('parrot', { refuses: true })
    for (const port of [server.port, await findFreePort()]) {
      const url = `ws://me:${SECRET.password}@127.0.0.1:${port}/{token}?key=${encodeURIComponent(SECRET.query)}`
      const args = [
        'client',
        url,
        '--token',
        SECRET.token,
        '-H',
        `X-Key: ${SECRET.header}`,
        '--max-retries',
        '0',
      ]
      await runSilently('client', { args, options: {} })
    }
  })
})

it.runIf(process.platform === 'linux')(
  'no process that we start has a signing key in its arguments',
  async () => {
    const args = ['--dialect', 'momentum', '--jwt-secret', SECRET.jwt, '-c', '2', '-d', '20s', '-w', '2']
    const run = startStress([...args, '--no-progress'], { cwd: folder, env: { STRESS_TOKEN: '' } })
    let children: number[] = []
    const argumentsOf = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    // For a moment after fork() a child is still a copy of its parent.
    while (children.length === 0 || children.some((pid) => argumentsOf(pid) === argumentsOf(run.pid))) {
      await new Promise((resolve) => setImmediate(resolve))
      children = childrenOf(run.pid)
    }
    for (const pid of children) expectNone(`${pid}`, argumentsOf(pid))
    run.kill('SIGINT')
    const { stdout, stderr } = await run.ended
    expectNone('interrupted', stdout + stderr)
  },
)
