import { createInterface, type Interface } from 'node:readline'
import { Keys, type TerminalInput } from './keys.ts'

export interface PromptHandler {
  onLine(line: string): void
  onInterrupt(): void
  /** Ctrl-D, or the terminal is gone. */
  onEnd(): void
}

const PROMPT = 'websocket> '
const HISTORY = 500

/** A line to type in at the bottom of a terminal, above which other things can be printed. */
export class Prompt {
  readonly #output: NodeJS.WritableStream
  readonly #keys: Keys
  readonly #readline: Interface
  #isShown = false
  #isEnded = false

  constructor(input: TerminalInput, output: NodeJS.WritableStream, handler: PromptHandler) {
    this.#output = output
    this.#keys = new Keys(input)
    this.#readline = createInterface({
      input: this.#keys,
      output,
      terminal: true,
      prompt: PROMPT,
      historySize: HISTORY,
      removeHistoryDuplicates: true,
    })
    this.#readline.on('line', (line) => {
      this.#isShown = false
      handler.onLine(line)
    })
    this.#readline.on('SIGINT', () => {
      this.#leaveLine()
      handler.onInterrupt()
    })
    this.#readline.on('close', () => {
      if (this.#isEnded) return
      this.#isEnded = true
      this.#keys.destroy()
      this.#leaveLine()
      handler.onEnd()
    })
  }

  /** Shows the prompt on a line of its own. */
  show(): void {
    if (this.#isEnded) return
    this.#isShown = true
    this.#readline.prompt()
  }

  /** Prints one line above what is being typed. */
  print(line: string): void {
    if (!this.#isShown) {
      this.#output.write(`${line}\r\n`)
      return
    }
    // What is typed may have wrapped. Before it draws, readline goes up as many rows as its cursor was down: they are given back.
    const { rows } = this.#readline.getCursorPos()
    this.#output.write(`${clearFrom(rows)}${line}\r\n${'\n'.repeat(rows)}`)
    this.#readline.prompt(true)
  }

  /** Takes the prompt away and gives the terminal back. */
  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    if (this.#isShown) this.#output.write(clearFrom(this.#readline.getCursorPos().rows))
    this.#isShown = false
    this.#readline.close()
    this.#keys.destroy()
  }

  #leaveLine(): void {
    if (this.#isShown) this.#output.write('\r\n')
    this.#isShown = false
  }
}

/** To the start of the prompt, `rows` above the cursor, and everything from there away. */
function clearFrom(rows: number): string {
  return `${rows > 0 ? `\x1b[${rows}A` : ''}\r\x1b[J`
}
