import { execFileSync } from 'node:child_process'
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import { openOutputs, writeText } from '../../src/report/write.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stress-write-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function mistakesOf(paths: readonly (string | null)[]): string[] {
  try {
    openOutputs(
      paths.map((path) => ({ format: 'json', path })),
      new PassThrough(),
    )
  } catch (error) {
    if (error instanceof UsageError)
      return error.mistakes.map(({ value, problem }) => `${value.replace(folder, '')} ${problem}`)
    throw error
  }
  return []
}

describe('openOutputs', () => {
  it('writes each output in its format and leaves nothing else behind', async () => {
    const [json, txt] = [join(folder, 'a.json'), join(folder, 'a.txt')]
    const outputs = openOutputs(
      [
        { format: 'json', path: json },
        { format: 'txt', path: txt },
      ],
      new PassThrough(),
    )
    expect(await outputs.write((format) => `as ${format}`)).toEqual({ written: [json, txt], failure: null })
    expect(readFileSync(json, 'utf8')).toBe('as json')
    expect(readFileSync(txt, 'utf8')).toBe('as txt')
    expect(readdirSync(folder).sort()).toEqual(['a.json', 'a.txt'])
  })

  it('leaves the old file whole until the new one is written', async () => {
    const path = join(folder, 'a.json')
    writeFileSync(path, 'old')
    const outputs = openOutputs([{ format: 'json', path }], new PassThrough())
    expect(readFileSync(path, 'utf8')).toBe('old')
    await outputs.write(() => 'new')
    expect(readFileSync(path, 'utf8')).toBe('new')
  })

  it('writes the others when one cannot be written, and says so', async () => {
    const [json, txt] = [join(folder, 'a.json'), join(folder, 'a.txt')]
    const outputs = openOutputs(
      [
        { format: 'json', path: json },
        { format: 'txt', path: txt },
      ],
      new PassThrough(),
    )
    const broken = new Error('broken')
    const render = (format: string): string => {
      if (format === 'json') throw broken
      return 'text'
    }
    expect(await outputs.write(render)).toEqual({ written: [txt], failure: broken })
    outputs.discard()
    expect(readdirSync(folder)).toEqual(['a.txt'])
  })

  it('leaves nothing behind when the run came to nothing', () => {
    const outputs = openOutputs([{ format: 'json', path: join(folder, 'a.json') }], new PassThrough())
    outputs.discard()
    expect(readdirSync(folder)).toEqual([])
  })

  it('names every path that cannot be written, before anything is measured', () => {
    mkdirSync(join(folder, 'sub'))
    writeFileSync(join(folder, 'file'), '')
    expect(
      mistakesOf([
        join(folder, 'none', 'a.json'),
        join(folder, 'sub'),
        join(folder, 'file', 'a.json'),
        join(folder, 'good.json'),
      ]),
    ).toEqual([
      '/none/a.json is in a folder that does not exist',
      '/sub is a folder',
      '/file/a.json is below something that is not a folder',
    ])
    expect(readdirSync(folder).sort()).toEqual(['file', 'sub'])
  })

  it('refuses the same place twice, standard output too', () => {
    const path = join(folder, 'a.json')
    expect(mistakesOf([path, path, null, null])).toEqual(['/a.json is written twice', '- is written twice'])
  })

  it('writes through a link, and does not replace it', async () => {
    const [real, link] = [join(folder, 'real.json'), join(folder, 'link.json')]
    writeFileSync(real, 'old')
    symlinkSync(real, link)
    await openOutputs([{ format: 'json', path: link }], new PassThrough()).write(() => 'new')
    expect(readFileSync(real, 'utf8')).toBe('new')
  })

  it('writes into a pipe, and does not replace it by a file', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    // Open at both ends, so that nobody waits for the other one.
    const reader = openSync(pipe, constants.O_RDWR)
    try {
      await openOutputs([{ format: 'json', path: pipe }], new PassThrough()).write(() => 'text')
      const buffer = Buffer.alloc(16)
      expect(statSync(pipe).isFIFO()).toBe(true)
      expect(buffer.toString('utf8', 0, readSync(reader, buffer))).toBe('text')
    } finally {
      closeSync(reader)
    }
  })

  it('writes to standard output when the path is null, and says that it does', async () => {
    const stdout = new PassThrough({ encoding: 'utf8' })
    const outputs = openOutputs([{ format: 'json', path: null }], stdout)
    expect(outputs.usesStdout).toBe(true)
    expect(await outputs.write(() => '{}\n')).toEqual({ written: [], failure: null })
    expect(stdout.read()).toBe('{}\n')
  })
})

describe('the text report on standard output', () => {
  it('is left to the caller, who knows the terminal', async () => {
    const stdout = new PassThrough({ encoding: 'utf8' })
    const outputs = openOutputs([{ format: 'txt', path: null }], stdout)
    expect(outputs.usesStdout).toBe(false)
    await outputs.write(() => 'report')
    expect(stdout.read()).toBeNull()
  })
})

describe('writeText', () => {
  const failing = (code: string) =>
    new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error(code), { code }))
      },
    })

  it('takes a reader that has gone away as the end of the matter', async () => {
    await expect(writeText(failing('EPIPE'), 'text')).resolves.toBeUndefined()
  })

  it('reports any other failure', async () => {
    await expect(writeText(failing('ENOSPC'), 'text')).rejects.toThrow('ENOSPC')
  })
})
