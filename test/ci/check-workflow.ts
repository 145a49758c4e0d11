/** What GitHub's own reader of workflows says, and actionlint where it is installed. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

interface Parser {
  readonly NoOperationTraceWriter: new () => unknown
  readonly parseWorkflow: Parse
  readonly parseAction: Parse
}
type Parse = (
  file: { readonly name: string; readonly content: string },
  trace: unknown,
) => { readonly context: { readonly errors: { getErrors(): readonly unknown[] } } }

const PACKAGE = dirname(fileURLToPath(import.meta.resolve('@actions/workflow-parser')))

/** Its package imports JSON in a way that only bundlers understand. */
async function loadParser(): Promise<Parser> {
  const folder = mkdtempSync(join(tmpdir(), 'stress-workflow-parser-'))
  try {
    const entry = join(folder, 'entry.mjs')
    const names = ['index.js', 'actions/action-parser.js'].map((name) => JSON.stringify(join(PACKAGE, name)))
    writeFileSync(entry, names.map((name) => `export * from ${name}`).join('\n'))
    const bundle = await rolldown({ input: entry, platform: 'node', logLevel: 'silent' })
    const file = join(folder, 'parser.mjs')
    await bundle.write({ file, format: 'es' })
    await bundle.close()
    return (await import(file)) as Parser
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const parser = await loadParser()

/** Mistakes in a workflow; none: GitHub would take it. */
export function checkWorkflow(content: string): string[] {
  return check(parser.parseWorkflow, content)
}

export function checkAction(content: string): string[] {
  return check(parser.parseAction, content)
}

function check(parse: Parse, content: string): string[] {
  const { context } = parse({ name: 'file.yml', content }, new parser.NoOperationTraceWriter())
  return context.errors.getErrors().map(String)
}

/** What actionlint prints about a workflow; empty: nothing. */
export function runActionlint(program: string, content: string): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile(program, ['-no-color', '-oneline', '-'], (_, stdout, stderr) =>
      resolve(stdout + stderr),
    )
    child.stdin!.end(content)
  })
}
