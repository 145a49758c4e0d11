/** `stress import har`: a recording of a browser becomes a flow. */
import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { UsageError } from '../errors.ts'
import { planActions } from '../har/plan-actions.ts'
import { type HarSocket, readHar } from '../har/read-har.ts'
import { writeFlow } from '../har/write-flow.ts'
import { readNamedFile, readRegularFile } from '../plan/read-source.ts'
import { redactUrl } from '../plan/target-url.ts'
import { writeText } from '../report/write.ts'
import type { ImportCommand } from './parse-import.ts'

/** @throws UsageError when the file is no HAR, or does not say which WebSocket */
export async function importHar(command: ImportCommand, stdout: NodeJS.WriteStream): Promise<void> {
  const { path, output } = command
  const content = readNamedFile(path, '', readRegularFile)
  const sockets = content.ok ? readHar(content.value) : content
  if (!sockets.ok) throw refuse(path, sockets.problem, 'stress import har recording.har -o flow.mjs')
  if (command.list) {
    await writeText(stdout, `${listSockets(sockets.value).join('\n')}\n`)
    return
  }
  const socket = chooseSocket(sockets.value, command)
  const script = planActions(socket.messages, command)
  const { text, variables } = writeFlow(socket, script, basename(path), command.keepSecrets)
  if (output === null) {
    await writeText(stdout, text)
    return
  }
  save(output, text, command.force)
  const secrets = variables.length === 0 ? '' : `; secrets taken out: ${variables.join(', ')}`
  const sent = socket.messages.filter((message) => message.sent).length
  await writeText(
    stdout,
    `${output}: ${sent} messages sent, ${socket.messages.length - sent} received${secrets}\n`,
  )
}

function chooseSocket(sockets: readonly HarSocket[], { path, url, index }: ImportCommand): HarSocket {
  const named = sockets.filter((socket) => url === null || socket.url.includes(url))
  const spoken = named.filter(({ messages }) => messages.length > 0)
  const chosen = index === null ? (spoken.length === 1 ? spoken[0] : undefined) : sockets[index - 1]
  if (chosen !== undefined && (index === null || named.includes(chosen))) {
    if (chosen.messages.length > 0) return chosen
    throw refuse(path, 'has no messages of that WebSocket', `stress import har ${path} --list`)
  }
  const problem =
    named.length === 0
      ? 'has no WebSocket with that address'
      : index !== null
        ? `has no WebSocket ${index} with that address`
        : `has ${spoken.length} WebSockets with messages: ${listSockets(sockets).slice(0, 10).join('; ').replaceAll(/\s+/g, ' ')}`
  throw refuse(path, problem, `stress import har ${path} --index 1`)
}

function listSockets(sockets: readonly HarSocket[]): string[] {
  return sockets.map(({ url, messages }, index) => {
    const sent = messages.filter((message) => message.sent).length
    const number = String(index + 1).padStart(3)
    return `${number}  ${redactUrl(url)}  ${sent} sent, ${messages.length - sent} received`
  })
}

function save(path: string, text: string, force: boolean): void {
  try {
    writeFileSync(path, text, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const problem = 'is there already'
    throw new UsageError([
      {
        where: '--output',
        value: path,
        problem,
        accepted: 'a new file, or --force',
        example: `-o ${path} --force`,
      },
    ])
  }
}

function refuse(path: string, problem: string, example: string): UsageError {
  return new UsageError([
    {
      where: 'import har',
      value: path,
      problem,
      accepted: 'a HAR of Chromium or Chrome with WebSockets',
      example,
    },
  ])
}
