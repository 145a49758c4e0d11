/** The text of a flow from a script: readable, to be edited, and without anything recorded that could be a secret. */
import { escapeControls } from '../plan/escape-controls.ts'
import { redactUrl } from '../plan/target-url.ts'
import type { Leaf, Scalar } from './leaves.ts'
import type { Action, Script, Substitute } from './plan-actions.ts'
import type { HarSocket } from './read-har.ts'

export interface FlowText {
  readonly text: string
  /** Variables that the flow needs. */
  readonly variables: readonly string[]
}

const WIDTH = 100

/** `source`: the name of the HAR, for the comment. */
export function writeFlow(socket: HarSocket, script: Script, source: string, keepUrl: boolean): FlowText {
  const { actions, substitutes } = script
  const used = [...substitutes.values()]
  const made = used.filter((one) => one.kind === 'made')
  const variables = used.flatMap((one) => (one.kind === 'env' ? [one.name] : []))
  const body = writeBody(actions, substitutes)
  const lines = [
    ...headLines(socket, variables, source, keepUrl),
    '',
    ...(made.some(({ isUuid }) => isUuid) ? ["import { randomUUID } from 'node:crypto'", ''] : []),
    "/** @type {import('ws-stress').Flow} */",
    `export default async (client${needsContext(used) ? ', context' : ''}) => {`,
    ...made.map(({ name, isUuid }) =>
      isUuid
        ? `  const ${name} = randomUUID()`
        : `  const ${name} = \`${name}-\${context.client}-\${context.iteration}\``,
    ),
    ...used.flatMap((one) =>
      one.kind === 'found' ? [`  let ${one.name} // from a message of the server`] : [],
    ),
    ...(made.length + used.filter(({ kind }) => kind === 'found').length > 0 ? [''] : []),
    ...body,
    '  // The next flow of this client has a connection of its own, as the recording had.',
    '  await client.close()',
    '}',
  ]
  return { text: `${lines.join('\n')}\n`, variables }
}

function needsContext(used: readonly Substitute[]): boolean {
  return used.some((one) => one.kind === 'env' || (one.kind === 'made' && !one.isUuid))
}

function headLines(
  socket: HarSocket,
  variables: readonly string[],
  source: string,
  keepUrl: boolean,
): string[] {
  const url = keepUrl ? socket.url : redactUrl(socket.url)
  const token = /[?&](token|access_token|jwt|auth)=/i.exec(socket.url)?.[1] ?? null
  const address = token === null ? url : url.replace(new RegExp(`([?&]${token}=)[^&]*`, 'i'), '$1{token}')
  const options = [
    `'${address.replaceAll("'", '%27')}'`,
    ...(token === null ? [] : ['--token @tokens.txt']),
    ...variables.map((name) => `--var ${name}=…`),
  ]
  return [
    `// Made by \`stress import har\` of ${source}${socket.startedAt === '' ? '' : `, recorded ${socket.startedAt}`}.`,
    `// Run it: stress THIS_FILE ${options.join(' ')} --connections 10`,
    ...(socket.headers.length === 0
      ? []
      : [
          `// The browser also sent the headers ${socket.headers.join(', ')}: give those that the server wants with -H.`,
        ]),
    ...(variables.length === 0 ? [] : ['// What looked like a secret was taken out: it comes from --var.']),
    '// A client waits for what answers its own messages. What came unasked is a comment: it depends on who else is there.',
  ].map(escapeControls)
}

/** A step is a send and what came until the next; what came before the first stands alone. */
function writeBody(actions: readonly Action[], substitutes: Script['substitutes']): string[] {
  const lines: string[] = []
  let inStep = false
  const endStep = (): void => {
    if (inStep) lines.push('  })')
    inStep = false
  }
  for (const action of actions) {
    if (action.kind === 'think' || action.kind === 'send') endStep()
    if (action.kind === 'think') lines.push(`  await client.think(${action.ms})`)
    if (action.kind === 'send') {
      inStep = true
      lines.push(`  await client.step(${quote(action.step)}, async () => {`)
    }
    const inner = writeAction(action, substitutes)
    lines.push(...(inStep ? inner : inner.map((line) => line.replace(/^ {2}/, ''))))
  }
  endStep()
  return lines
}

/** As it stands in a step. */
function writeAction(action: Action, substitutes: Script['substitutes']): string[] {
  if (action.kind === 'send') return writeSend(action, substitutes)
  if (action.kind === 'expect') return writeExpect(action, substitutes)
  if (action.kind === 'think') return []
  const times = action.count > 1 ? `, ${action.count} times` : ''
  const { field, what } = action
  return field === null
    ? [`    // Came unasked: ${what}${times}`]
    : [`    // await client.expect(${printFields([field], substitutes)}) // came unasked${times}`]
}

function writeSend(
  { message, json }: Extract<Action, { kind: 'send' }>,
  substitutes: Script['substitutes'],
): string[] {
  if (message.isBinary) return [`    await client.send(Buffer.from(${quote(message.data)}, 'base64'))`]
  const value = json === undefined ? printText(message.data, substitutes) : print(json, 4, substitutes)
  return `    await client.send(${value})`.split('\n')
}

function writeExpect(
  { message, at, gives }: Extract<Action, { kind: 'expect' }>,
  substitutes: Script['substitutes'],
): string[] {
  const what = message.isBinary
    ? `Buffer.from(${quote(message.data)}, 'base64')`
    : at === null
      ? printText(message.data, substitutes)
      : printFields(at, substitutes)
  if (gives.length === 0) return `    await client.expect(${what})`.split('\n')
  const lines = `    const message = await client.expect(${what})`.split('\n')
  // Two in one step would have the same name.
  return [
    '    {',
    ...lines.map((line) => `  ${line}`),
    ...gives.map(({ name, pointer }) => `      ${name} = message.get(${quote(pointer)})`),
    '    }',
  ]
}

function printFields(at: readonly Leaf[], substitutes: Script['substitutes']): string {
  if (at.length === 0) return ''
  const fields = at.flatMap(({ pointer, value }) => {
    const shown = printScalar(value, substitutes)
    return shown.startsWith('new Date') || shown.startsWith('Date') ? [] : [`${quote(pointer)}: ${shown}`]
  })
  const line = `{ ${fields.join(', ')} }`
  return line.length <= WIDTH ? line : `{\n${fields.map((field) => `      ${field},\n`).join('')}    }`
}

function print(value: unknown, indent: number, substitutes: Script['substitutes']): string {
  if (typeof value !== 'object' || value === null) return printScalar(value as Scalar, substitutes)
  const pad = ' '.repeat(indent + 2)
  const items = Object.entries(value).map(([key, inner]) => {
    const shown = print(inner, indent + 2, substitutes)
    return Array.isArray(value)
      ? shown
      : `${/^[A-Za-z_]\w*$/.test(key) && key !== '__proto__' ? key : `[${quote(key)}]`}: ${shown}`
  })
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  if (items.length === 0) return `${open}${close}`
  const line = Array.isArray(value) ? `[${items.join(', ')}]` : `{ ${items.join(', ')} }`
  if (line.length + indent <= WIDTH && !line.includes('\n')) return line
  return `${open}\n${items.map((item) => `${pad}${item},\n`).join('')}${' '.repeat(indent)}${close}`
}

function printScalar(value: Scalar, substitutes: Script['substitutes']): string {
  const one = substitutes.get(value)
  if (one === undefined) return typeof value === 'string' ? printText(value, substitutes) : String(value)
  if (one.kind === 'made' || one.kind === 'found') return one.name
  if (one.kind === 'env') return `context.env.${one.name}`
  return one.form === 'iso'
    ? 'new Date().toISOString()'
    : one.form === 'ms'
      ? 'Date.now()'
      : 'Math.floor(Date.now() / 1000)'
}

/** A text, without the secrets that are in it. */
function printText(text: string, substitutes: Script['substitutes']): string {
  let parts: { readonly text: string; readonly isCode: boolean }[] = [{ text, isCode: false }]
  for (const [secret, one] of substitutes) {
    if (one.kind !== 'env' || typeof secret !== 'string') continue
    parts = parts.flatMap((part) => {
      if (part.isCode || !part.text.includes(secret)) return [part]
      const code = { text: `context.env.${one.name}`, isCode: true }
      return part.text
        .split(secret)
        .flatMap((piece, index) => [...(index === 0 ? [] : [code]), { text: piece, isCode: false }])
    })
  }
  const shown = parts.filter(({ text: piece, isCode }, index) => isCode || piece !== '' || index === 0)
  return shown.map(({ text: piece, isCode }) => (isCode ? piece : quote(piece))).join(' + ')
}

/** A literal in single quotes, on one line. */
function quote(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`
}
