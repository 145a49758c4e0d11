import { readFileSync } from 'node:fs'

const packageFile: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

/** This program, as results name it. */
export const TOOL: { readonly name: string; readonly version: string } = {
  name: 'stress',
  version: String((packageFile as { version: unknown }).version),
}

/** Of the result; a reader that knows only older ones must refuse a newer one. */
export const SCHEMA_VERSION = 1
