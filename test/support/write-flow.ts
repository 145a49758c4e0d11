import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'stress-flow-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
let count = 0

/** A folder that is gone with the test. */
export function makeFolder(): string {
  return mkdtempSync(join(folder, 'in-'))
}

/** A module of its own with that text; returns its path. */
export function writeModule(text: string, ending = 'mjs'): string {
  const path = join(folder, `flow-${count++}.${ending}`)
  writeFileSync(path, text)
  return path
}

/** A flow with that body; `client` and `context` are there. */
export function writeFlow(body: string): string {
  return writeModule(`export default async (client, context) => {\n${body}\n}\n`)
}
