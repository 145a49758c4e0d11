/** The container file, read as text: nothing here can build an image, but what would break one is found. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseServe } from '../../src/cli/parse-serve.ts'
import { startServer } from '../../src/servers/start.ts'

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const text = readFileSync(root('deploy/Containerfile'), 'utf8')

interface Instruction {
  readonly name: string
  readonly value: string
  /** Counts from 0. */
  readonly stage: number
}

let stage = -1
const instructions: Instruction[] = text
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '' && !line.startsWith('#'))
  .map((line) => {
    const [, name = '', value = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? []
    if (name === 'FROM') stage++
    return { name, value, stage }
  })
const all = (name: string) => instructions.filter((instruction) => instruction.name === name)
/** Of the image that is run. */
const final = (name: string) => all(name).find((instruction) => instruction.stage === stage)?.value ?? ''
const words = (json: string): string[] => JSON.parse(json.replace(/^.*?\[/, '['))

describe('the container file', () => {
  it('has known instructions only', () => {
    const known = [
      'FROM',
      'WORKDIR',
      'COPY',
      'RUN',
      'ENV',
      'USER',
      'EXPOSE',
      'HEALTHCHECK',
      'ENTRYPOINT',
      'CMD',
    ]
    expect(instructions.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([])
  })

  it('runs as a user that is not root, set after the last thing that has to be root', () => {
    expect(final('USER')).toMatch(/^(?!root$|0\b)\w+/)
    const last = instructions.filter((instruction) => instruction.stage === stage).map(({ name }) => name)
    expect(last.indexOf('USER')).toBeGreaterThan(Math.max(last.lastIndexOf('RUN'), last.lastIndexOf('COPY')))
  })

  it('holds no secret, and copies nothing that may hold one', () => {
    const values = [...all('ENV'), ...all('ARG')].map(({ value }) => value)
    expect(values.filter((value) => /secret|token|passw|key/i.test(value))).toEqual([])
    expect(all('COPY').filter(({ value }) => /(^|\s)\.\/?\s/.test(value))).toEqual([])
  })

  it('copies paths that exist, from stages that exist', () => {
    const stages = all('FROM').map(({ value }) => /\sAS\s+(\w+)$/i.exec(value)?.[1])
    for (const { value } of all('COPY')) {
      const from = /^--from=(\w+)\s/.exec(value)?.[1]
      const sources = value.split(/\s+/).slice(0, -1)
      if (from !== undefined) expect(stages).toContain(from)
      else expect(sources.filter((path) => !existsSync(root(path)))).toEqual([])
    }
  })

  it('copies what the build needs and only dist, packages and scenarios into the image', () => {
    const tsconfig = JSON.parse(readFileSync(root('tsconfig.json'), 'utf8')) as { include: string[] }
    const copied = all('COPY').map(({ value }) => value)
    for (const folder of tsconfig.include) expect(copied.join('\n')).toMatch(new RegExp(`^${folder} `, 'm'))
    const { files } = JSON.parse(readFileSync(root('package.json'), 'utf8')) as { files: string[] }
    const kept = all('COPY').filter((instruction) => instruction.stage === stage)
    const targets = kept.map(({ value }) => value.split(/\s+/).at(-1))
    expect(targets.sort()).toEqual(['./', './node_modules', ...files.map((file) => `./${file}`)].sort())
  })

  it('serves Momentum on all addresses and on the port that it exposes', () => {
    expect(words(final('ENTRYPOINT'))).toEqual(['stress'])
    const [command, ...rest] = words(final('CMD'))
    expect(command).toBe('serve')
    expect(parseServe(rest, { JWT_SECRET: 'from the environment' })).toMatchObject({
      name: 'momentum',
      host: '0.0.0.0',
      jwtSecret: 'from the environment',
    })
    expect(final('EXPOSE')).toBe('8000')
  })

  it('is healthy with the server and unhealthy without, by Node alone', async () => {
    const [program, ...rest] = words(final('HEALTHCHECK'))
    expect(program).toBe('node')
    const server = await startServer('momentum', { port: 0, jwtSecret: 'a secret for this test only' })
    const check = async () => {
      const command = rest.map((word) => word.replace(':8000/', `:${server.port}/`))
      const [code] = await once(spawn(process.execPath, command, { stdio: 'ignore' }), 'exit')
      return code
    }
    try {
      expect(await check()).toBe(0)
    } finally {
      await server.close()
    }
    expect(await check()).toBe(1)
  })
})
