/** A terminal, as far as the live view uses one: what is on it after all that was written, and after it was resized. */
export class FakeTerminal {
  columns: number
  /** Everything that was ever written, as it came. */
  readonly written: string[] = []
  /** Lines as they were ended; a long one takes up several rows. */
  #lines: string[] = ['']
  #line = 0
  #column = 0

  constructor(columns: number) {
    this.columns = columns
  }

  /** Without colour, blank lines at the end left out. */
  get screen(): string[] {
    const rows = this.#lines.flatMap((line) =>
      Array.from({ length: this.#rowsOf(line) }, (_, index) =>
        line.slice(index * this.columns, (index + 1) * this.columns).trimEnd(),
      ),
    )
    while (rows.at(-1) === '') rows.pop()
    return rows
  }

  write(text: string): void {
    this.written.push(text)
    for (const [token = ''] of text.matchAll(TOKEN)) this.#take(token)
  }

  /** Narrower, lines that are too long are broken (`reflow`) or cut. */
  resize(columns: number, reflow: boolean): void {
    this.columns = columns
    if (!reflow) this.#lines = this.#lines.map((line) => line.slice(0, columns))
  }

  #take(token: string): void {
    if (token === '\n') {
      this.#line++
      this.#column = 0
      this.#lines[this.#line] ??= ''
    } else if (token === '\r') {
      this.#column = Math.floor(this.#column / this.columns) * this.columns
    } else if (token.endsWith('A') && token.startsWith('\x1b')) {
      this.#up(Number(token.slice(2, -1)))
    } else if (token === '\x1b[C') {
      this.#column++
    } else if (token === '\x1b[2K') {
      const line = this.#lines[this.#line] ?? ''
      const from = Math.floor(this.#column / this.columns) * this.columns
      this.#put(line.slice(0, from) + ' '.repeat(this.columns) + line.slice(from + this.columns))
    } else if (token === '\x1b[0J') {
      this.#lines.length = this.#line + 1
      this.#put((this.#lines[this.#line] ?? '').slice(0, this.#column))
    } else if (!token.startsWith('\x1b')) {
      const line = (this.#lines[this.#line] ?? '').padEnd(this.#column)
      this.#put(line.slice(0, this.#column) + token + line.slice(this.#column + token.length))
      this.#column += token.length
    }
  }

  #up(rows: number): void {
    let row = Math.floor(this.#column / this.columns) - rows
    while (row < 0 && this.#line > 0) row += this.#rowsOf(this.#lines[--this.#line] ?? '')
    this.#column = Math.max(0, row) * this.columns
  }

  #put(line: string): void {
    this.#lines[this.#line] = line.trimEnd()
  }

  #rowsOf(line: string): number {
    return Math.max(1, Math.ceil(line.length / this.columns))
  }
}

const TOKEN = /\x1b\[[?0-9;]*[A-Za-z]|\r|\n|[^\x1b\r\n]+/g
