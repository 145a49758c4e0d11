/**
 * A block of lines redrawn in place. Own code rather than a package: log-update 7.2 costs 0.3 ms a frame once it is warm
 * and 1 to 5 ms before (5 redraws a second would be 1 % of a core), and leaves remains behind when the terminal becomes
 * narrower. The cursor is never hidden, so there is nothing to bring back, however the process ends.
 */
export interface Screen {
  draw(lines: readonly string[]): void
  /** Takes the block away; the cursor is where it began. */
  clear(): void
}

export interface Terminal {
  /** Now; asked for at each drawing, since it may change. */
  readonly columns: () => number
  /** A terminal that becomes narrower breaks lines that are too long, instead of cutting them. */
  readonly reflows: boolean
}

const ERASE_LINE = '\x1b[2K'
// Not from the first column on: tmux takes that, in the first line, for clearing the screen, and keeps what was on it.
const ERASE_BELOW = `${ERASE_LINE}\x1b[C\x1b[0J\r`
// The terminal shows what is between all at once; those that do not know it ignore it.
const BEGIN = '\x1b[?2026h'
const END = '\x1b[?2026l'
const STYLE = /\x1b\[[0-9;]*m/g

export function createScreen(
  stream: { write(text: string): unknown },
  { columns, reflows }: Terminal,
): Screen {
  let drawn: readonly string[] = []
  let drawnAt = 0

  /** Terminal lines that the block takes up now, as it was drawn. */
  function heightNow(): number {
    const width = columns()
    if (!reflows || width >= drawnAt) return drawn.length
    return drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / width)), 0)
  }

  return {
    draw(lines) {
      const isSameWidth = columns() === drawnAt
      const start = drawn.length === 0 ? '' : up(heightNow())
      const changes =
        isSameWidth && lines.length === drawn.length
          ? // What stays as it is, is not written: most lines change once a second only.
            lines.map((line, index) => (line === drawn[index] ? '\n' : `${ERASE_LINE}${line}\n`)).join('')
          : `${ERASE_BELOW}${lines.map((line) => `${line}\n`).join('')}`
      drawn = [...lines]
      drawnAt = columns()
      stream.write(`${BEGIN}${start}${changes}${END}`)
    },
    clear() {
      if (drawn.length > 0) stream.write(`${up(heightNow())}${ERASE_BELOW}`)
      drawn = []
    },
  }
}

/** To the first column, so many lines up. */
function up(lines: number): string {
  return lines === 0 ? '\r' : `\r\x1b[${lines}A`
}

function widthOf(line: string): number {
  return line.replace(STYLE, '').length
}

/** The Linux console, xterm and GNU screen cut lines when they become narrower; all others break them. */
export function reflowsLines(env: Readonly<Record<string, string | undefined>>): boolean {
  return env.TERM !== 'linux' && env.XTERM_VERSION === undefined && env.STY === undefined
}
