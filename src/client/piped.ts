import { createInterface } from 'node:readline'
import { RunError } from '../errors.ts'
import { escapeControls } from '../plan/escape-controls.ts'
import { Conversation } from './conversation.ts'
import { describeBinary } from './present.ts'
import type { Scheduler } from './scheduler.ts'
import type { SessionOptions } from './session.ts'
import type { Speech } from './speech.ts'

export interface PipedOptions {
  readonly session: SessionOptions
  readonly speech: Speech
  /** The longest that answers are waited for after the last line, in ms. */
  readonly waitMs: number
}

export interface PipedContext {
  readonly input: NodeJS.ReadableStream
  /** Gets the incoming messages, one a line, without colour. */
  readonly output: { write(text: string): unknown }
  /** Gets what is not a message. */
  readonly notes: { write(text: string): unknown }
  readonly scheduler: Scheduler
  readonly signal: AbortSignal
}

/**
 * Sends each line of the input, prints what comes back, ends when all was answered. Returns how many lines were no command.
 * @throws RunError when the session failed, or ended before all was sent
 */
export async function conversePiped(
  { session, speech, waitMs }: PipedOptions,
  { input, output, notes, scheduler, signal }: PipedContext,
): Promise<number> {
  const conversation = new Conversation(
    session,
    speech,
    {
      message(data, isBinary) {
        output.write(`${escapeControls(isBinary ? describeBinary(data).text : data.toString())}\n`)
      },
      pong: () => output.write('pong\n'),
      note(level, text) {
        if (level !== 'progress') notes.write(`${escapeControls(text)}\n`)
      },
    },
    scheduler,
  )
  const stop = () => conversation.close()
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY, terminal: false })
  signal.addEventListener('abort', stop, { once: true })
  let isRead = false
  let wasCutShort = false
  void conversation.ended.then(() => {
    wasCutShort = !isRead
    lines.close()
  })
  conversation.start()
  if (signal.aborted) stop()

  for await (const line of lines) {
    await conversation.untilOpen()
    if (conversation.isOver || !(await conversation.enter(line))) break
  }
  isRead = true
  lines.close()
  await conversation.untilOpen()
  await conversation.untilAnswered(waitMs)
  const isLost = !conversation.isOpen && !conversation.isOver
  if (!conversation.isOver) stop()
  const end = await conversation.ended
  signal.removeEventListener('abort', stop)
  if (signal.aborted) return conversation.mistakes
  if (end.kind === 'failed') throw new RunError(escapeControls(end.reason))
  if (end.kind === 'server-closed' && wasCutShort) {
    throw new RunError(`${escapeControls(end.reason)} before all was sent`)
  }
  if (isLost) throw new RunError('the connection was lost while answers were awaited')
  return conversation.mistakes
}
