/** Takes a secret out of what is shown, in the forms in which a server sends it back. */

/** Stands for the secret; above U+00FF, so it is no byte of a `latin1` text. */
const MARK = '…'

/** Bytes as a `latin1` text, with the mark where the secret was. */
export type HideSecret = (bytes: Uint8Array) => string

/** An empty secret is nowhere. Hide in the whole before cutting: of half a secret nothing is found. */
export function createHideSecret(...secrets: readonly string[]): HideSecret {
  const forms = secrets.flatMap(listForms).sort((a, b) => b.length - a.length)
  return (bytes) => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    return forms.reduce((shown, form) => shown.replaceAll(form, MARK), text)
  }
}

/** Writes what `HideSecret` gave in another encoding. */
export function encodeHidden(hidden: string, encoding: 'hex' | 'utf8'): string {
  return hidden
    .split(MARK)
    .map((part) => Buffer.from(part, 'latin1').toString(encoding))
    .join(MARK)
}

/** As it is, in an address, in JSON, and in JSON within JSON; the longest first, because they may hold each other. */
function listForms(secret: string): string[] {
  if (secret === '') return []
  const escaped = escapeJson(secret)
  const inJson = [escaped, escaped.replaceAll('/', '\\/'), escapeNonAscii(escaped)]
  const inAddress = encodeURIComponent(secret)
  const lowerCase = inAddress.replace(/%../g, (code) => code.toLowerCase())
  const texts = [secret, inAddress, lowerCase, ...inJson, ...inJson.map(escapeJson)]
  // A template of a binary message is latin1.
  const bytes = [...texts.map((text) => Buffer.from(text)), Buffer.from(secret, 'latin1')]
  const forms = new Set(bytes.map((form) => form.toString('latin1')))
  return [...forms].sort((a, b) => b.length - a.length)
}

function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function escapeNonAscii(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
