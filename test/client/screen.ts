import { Writable } from 'node:stream'

/** As much of a terminal as readline uses: text, \r, \n, and the sequences A, B, C, D, G, J and K. */
export class Screen extends Writable {
  readonly columns: number
  /** Rows of cells; the second half of a wide character is empty. */
  readonly #cells: string[][] = [[]]
  #row = 0
  #column = 0

  constructor(columns: number) {
    super({ decodeStrings: false })
    this.columns = columns
  }

  /** What can be read on it, without blanks at the ends of lines and lines at the end. */
  lines(): string[] {
    const lines = this.#cells.map((cells) =>
      Array.from(cells, (cell) => cell ?? ' ')
        .join('')
        .trimEnd(),
    )
    while (lines.at(-1) === '') lines.pop()
    return lines
  }

  /** Row and column of the cursor, from 0. */
  cursor(): readonly [row: number, column: number] {
    return [this.#row, this.#column]
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    for (const [token] of chunk.toString().matchAll(/\x1b\[[0-9;]*[A-Za-z]|./gsu)) this.#put(token)
    done()
  }

  #put(token: string): void {
    if (token === '\r') this.#column = 0
    else if (token === '\n') this.#down()
    else if (token.startsWith('\x1b')) this.#control(token)
    else this.#print(token)
  }

  #print(character: string): void {
    const width = /[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uff00-\uff60]/.test(character) ? 2 : 1
    if (this.#column + width > this.columns) {
      this.#column = 0
      this.#down()
    }
    const cells = this.#cells[this.#row]!
    cells[this.#column++] = character
    if (width === 2) cells[this.#column++] = ''
  }

  #down(): void {
    this.#row++
    while (this.#cells.length <= this.#row) this.#cells.push([])
  }

  #control(sequence: string): void {
    const count = Number(sequence.slice(2, -1) || '0')
    const steps = Math.max(1, count)
    switch (sequence.at(-1)) {
      case 'A':
        this.#row = Math.max(0, this.#row - steps)
        break
      case 'B':
        this.#row += steps
        break
      case 'C':
        this.#column = Math.min(this.columns - 1, this.#column + steps)
        break
      case 'D':
        this.#column = Math.max(0, this.#column - steps)
        break
      case 'G':
        this.#column = steps - 1
        break
      case 'J':
        this.#cells.length = this.#row + 1
        this.#cells[this.#row]!.length = Math.min(this.#cells[this.#row]!.length, this.#column)
        break
      case 'K':
        this.#cells[this.#row]!.length = Math.min(this.#cells[this.#row]!.length, this.#column)
        break
      case 'm':
        break
      default:
        throw new Error(`a sequence that this screen does not know: ${JSON.stringify(sequence)}`)
    }
  }
}
