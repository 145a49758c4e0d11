/** Rows of data for flows: CSV (RFC 4180, the first line has the names) or JSON lines. */
import type { DataRow } from './plan.ts'
import { accept, type Parsed, reject } from './units.ts'

/** Rows of a file by the ending of its name; the problem says which line. Values are never shown: they may be passwords. */
export function readDataRows(name: string, content: Buffer): Parsed<readonly DataRow[]> {
  const isCsv = /\.csv$/i.test(name)
  if (!isCsv && !/\.(?:jsonl|ndjson)$/i.test(name)) return reject('ends in neither .csv nor .jsonl')
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    return reject('is not UTF-8 text')
  }
  const rows = isCsv ? readCsv(text) : readJsonLines(text)
  return rows.ok && rows.value.length === 0 ? reject('has no rows') : rows
}

function readJsonLines(text: string): Parsed<readonly DataRow[]> {
  const rows: DataRow[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const row = parseJson(line)
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      return reject(`has no JSON object in line ${index + 1}`)
    rows.push(row as DataRow)
  }
  return accept(rows)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readCsv(text: string): Parsed<readonly DataRow[]> {
  const records = splitCsv(text)
  if (typeof records === 'string') return reject(records)
  const [head, ...others] = records
  if (head === undefined) return reject('is empty')
  const names = head.fields.map((name) => name.trim())
  if (names.includes('') || new Set(names).size < names.length)
    return reject('has a name in its first line that is empty or there twice')
  const rows: DataRow[] = []
  for (const { fields, line } of others) {
    if (fields.length !== names.length)
      return reject(`has ${fields.length} fields in line ${line}, and ${names.length} names`)
    rows.push(Object.fromEntries(names.map((name, index) => [name, fields[index]!])))
  }
  return accept(rows)
}

interface CsvRecord {
  readonly fields: string[]
  readonly line: number
}

/** A field, then what ends it. Quoted ones may hold commas, line ends and doubled quotes. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y

/** Records without the empty lines, or what is wrong. */
function splitCsv(text: string): CsvRecord[] | string {
  const records: CsvRecord[] = []
  let fields: string[] = []
  let line = 1
  let startLine = 1
  FIELD.lastIndex = 0
  while (FIELD.lastIndex < text.length || fields.length > 0) {
    const match = FIELD.exec(text)
    if (match === null) return `has a quote that does not belong there, or does not end, in line ${line}`
    const [whole, quoted, plain = '', end] = match
    line += whole.split(/\r\n|\n|\r/).length - 1
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === ',') {
      if (FIELD.lastIndex < text.length) continue
      fields.push('')
    }
    if (fields.length > 1 || fields[0] !== '' || quoted !== undefined)
      records.push({ fields, line: startLine })
    fields = []
    startLine = line
  }
  return records
}
