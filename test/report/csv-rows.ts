/** Reads CSV as RFC 4180 has it. @throws Error on a quote where none may be */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at < text.length) {
    const quoted = /"((?:[^"]|"")*)"/y
    const bare = /[^",\r\n]*/y
    const pattern = text[at] === '"' ? quoted : bare
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match === null) throw new Error(`a quote without an end at ${at}`)
    row.push(match[1]?.replaceAll('""', '"') ?? match[0])
    at = pattern.lastIndex
    if (text.startsWith('\r\n', at)) {
      rows.push(row)
      row = []
      at += 2
    } else if (text[at] === ',') at++
    else throw new Error(`neither a comma nor a line's end at ${at}: ${text.slice(at, at + 20)}`)
  }
  return rows
}
