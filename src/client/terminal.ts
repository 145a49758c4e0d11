import { Conversation } from './conversation.ts'
import type { TerminalInput } from './keys.ts'
import { describeBinary, type NoteLevel, paintLine } from './present.ts'
import { Prompt } from './prompt.ts'
import type { Scheduler } from './scheduler.ts'
import type { SessionEnd, SessionOptions } from './session.ts'
import type { IncomingKind, Speech } from './speech.ts'

export interface TerminalOptions {
  readonly session: SessionOptions
  readonly speech: Speech
  /** The address without secrets. */
  readonly shownUrl: string
  readonly color: boolean
}

export interface TerminalContext {
  readonly input: TerminalInput
  readonly output: NodeJS.WritableStream
  readonly scheduler: Scheduler
  readonly signal: AbortSignal
}

const SHOWN_BYTES = 128

/** A person at a terminal: prompt below, messages above it, until they end it or the session ends. */
export async function converseOnTerminal(
  { session, speech, shownUrl, color }: TerminalOptions,
  { input, output, scheduler, signal }: TerminalContext,
): Promise<SessionEnd> {
  const stop = () => conversation.close()
  const prompt = new Prompt(input, output, {
    onLine: (line) => void enter(line),
    onInterrupt: stop,
    onEnd: stop,
  })
  const print = (kind: IncomingKind | NoteLevel, text: string) => prompt.print(paintLine(kind, text, color))
  const conversation = new Conversation(
    session,
    speech,
    {
      message(data, isBinary) {
        const { kind, text } = isBinary ? describeBinary(data, SHOWN_BYTES) : speech.describe(data.toString())
        print(kind, text)
      },
      pong: (elapsedMs) => print('heartbeat', `pong after ${elapsedMs.toFixed(1)} ms`),
      note: print,
    },
    scheduler,
  )

  async function enter(line: string): Promise<void> {
    // At once: of lines pasted together the next follows before this one is sent.
    prompt.show()
    if (!(await conversation.enter(line))) stop()
  }

  signal.addEventListener('abort', stop, { once: true })
  print('progress', `connecting to ${shownUrl}; "help" lists the commands`)
  prompt.show()
  conversation.start()
  if (signal.aborted) stop()
  const end = await conversation.ended
  prompt.end()
  signal.removeEventListener('abort', stop)
  if (end.kind !== 'failed') print('progress', end.kind === 'closed' ? 'closed' : end.reason)
  return end
}
