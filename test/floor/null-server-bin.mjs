// What the built null-server-process.js does, from the sources.
import { register } from 'node:module'

register('../observe/typescript-hooks.mjs', import.meta.url)
await import('../../src/floor/null-server-process.ts')
