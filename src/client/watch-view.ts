import { styleText } from 'node:util'
import { escapeControls } from '../plan/escape-controls.ts'
import { alignTable, numbers, words } from '../report/align-table.ts'
import { formatCount, formatRate } from '../report/format.ts'
import { clip } from '../report/wrap.ts'
import { paintLine } from './present.ts'
import type { Figure, Reading } from './reading.ts'
import type { WatchView } from './watch.ts'

export interface WatchViewOptions {
  /** The address without secrets. */
  readonly shownUrl: string
  readonly intervalMs: number
  readonly color: boolean
  readonly now: () => Date
  /** Of the terminal, asked for at each tick. */
  readonly size: () => { readonly columns: number; readonly rows: number }
}

interface Output {
  write(text: string): unknown
}

/** One line a tick, for a file or another program: `2026-01-02T03:04:05Z online=2 total_messages=7 (+1.2/s)`. */
export function createLineView(output: Output, { intervalMs, now }: WatchViewOptions): WatchView {
  const write = (text: string) =>
    output.write(`${now().toISOString().replace(/\.\d+/, '')} ${escapeControls(text)}\n`)
  return {
    show({ figures, online }) {
      const shown = figures.filter(({ name }) => !name.includes('.') && !name.startsWith('uptime'))
      write([`online=${online.length}`, ...shown.map(tellFigure)].join(' '))
    },
    showFailure: (problem) => write(describeFailure(problem, intervalMs)),
  }
}

/** A block that is drawn again in place at each tick, never larger than the terminal. */
export function createLiveView(output: Output, options: WatchViewOptions): WatchView {
  const { shownUrl, intervalMs, color, now, size } = options
  const emphasize = (text: string) => (color ? styleText('bold', text, { validateStream: false }) : text)
  let drawn = 0
  const draw = (body: readonly string[], isFailure: boolean) => {
    const { columns, rows } = size()
    // The last column and the last row stay free, where some terminals scroll.
    const clipLine = (line: string) => clip(escapeControls(line), columns - 1)
    const head = clipLine(`${shownUrl}  ${now().toTimeString().slice(0, 8)}  every ${intervalMs / 1000} s`)
    const lines = body.slice(0, Math.max(1, rows - 2)).map(clipLine)
    const shown = isFailure ? lines.map((line) => paintLine('failure', line, color)) : lines
    const back = drawn > 0 ? `\x1b[${drawn}A\r\x1b[J` : ''
    output.write(`${back}${[emphasize(head), ...shown].join('\r\n')}\r\n`)
    drawn = shown.length + 1
  }
  return {
    show({ figures, online }: Reading) {
      const rows = figures.map(({ name, value, perSec }) => [
        escapeControls(name),
        formatCount(value),
        tellRate(perSec),
      ])
      const table = alignTable([words(''), numbers(''), numbers('')], rows)
      draw([`online ${online.length}${online.length > 0 ? ':' : ''} ${online.join(', ')}`, ...table], false)
    },
    showFailure: (problem) => draw([describeFailure(problem, intervalMs)], true),
  }
}

function tellFigure({ name, value, perSec }: Figure): string {
  const rate = tellRate(perSec)
  return `${name}=${value}${rate === '' ? '' : ` (${rate})`}`
}

/** A counter that stands still has none to show. */
function tellRate(perSec: number | null): string {
  return perSec === null || perSec === 0 ? '' : `+${formatRate(perSec)}/s`
}

function describeFailure(problem: string, intervalMs: number): string {
  return `no figures: ${problem}; next attempt in ${intervalMs / 1000} s`
}
