/** Writes the JSON Schema of a result beside the built code; the build runs it as `node dist/result/write-schema.js`. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { z } from 'zod'
import { runResult } from './run-result.ts'
import { SCHEMA_VERSION } from './tool.ts'

/**
 * The result's JSON Schema, draft 2020-12. Objects stay open: a later version of `schemaVersion` 1 may add fields, and a
 * script that validates must not break over them.
 */
export function makeResultSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(runResult, { target: 'draft-2020-12', io: 'input' })
  return {
    $schema,
    title: 'Result of a stress run',
    description: `schemaVersion ${SCHEMA_VERSION}. Times are integer microseconds, sizes bytes; what was not measured is null.`,
    ...rest,
  }
}

function main(): void {
  writeFileSync(fileURLToPath(new URL('../result-schema.json', import.meta.url)), formatSchema())
}

function formatSchema(): string {
  return `${JSON.stringify(makeResultSchema(), null, 2)}\n`
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) main()
