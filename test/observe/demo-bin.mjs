// What `bin.js serve echo --port 0` does, from the sources.
import { register } from 'node:module'

register('./typescript-hooks.mjs', import.meta.url)
const { serve } = await import('../../src/cli/serve.ts')
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
await serve({ name: 'echo', port: 0, host: '127.0.0.1' }, { stdout: process.stdout, signal: stop.signal })
