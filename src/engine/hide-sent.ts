/** What a connection's request carried that may be a secret, and taking it out of what the server says. */
import type { Dial } from './link.ts'

/** One of a few letters is in many words, and hides nothing. */
const LEAST_LENGTH = 5
/** What these say is public. */
const PUBLIC_HEADERS: ReadonlySet<string> = new Set(['host', 'origin', 'user-agent', 'accept'])

/** Token, query values, and values of headers, whole and in their parts. */
export function listSent({ token, path, headers }: Dial): string[] {
  const query = path.split('?')[1] ?? ''
  const values = headers.filter(([name]) => !PUBLIC_HEADERS.has(name.toLowerCase())).map(([, value]) => value)
  const parts = values.flatMap((value) => value.split(/[ ;,]+/))
  const found = [
    token,
    ...query.split('&').map(afterEquals),
    ...new URLSearchParams(query).values(),
    ...values,
    ...parts,
    ...parts.map(afterEquals),
    ...values.flatMap(decodeBasic),
  ]
  return [...new Set(found)].filter((text) => text.length >= LEAST_LENGTH)
}

function afterEquals(text: string): string {
  return text.slice(text.indexOf('=') + 1)
}

function decodeBasic(value: string): string[] {
  const [, base64 = ''] = /^Basic (.+)$/i.exec(value) ?? []
  return [Buffer.from(base64, 'base64').toString('utf8').split(':').slice(1).join(':')]
}

/** The detail of a failure without what was sent: a redirect may lead to an address that repeats it, cut off where it is long. */
export function hideSent(detail: string, dial: Dial): string {
  if (!detail.includes(' -> ')) return detail
  let shown = detail
  for (const secret of listSent(dial).flatMap(listForms).sort(longestFirst)) {
    shown = shown.replaceAll(secret, '…')
    for (let length = Math.min(secret.length - 1, shown.length); length >= LEAST_LENGTH; length--) {
      if (shown.endsWith(secret.slice(0, length))) shown = `${shown.slice(0, -length)}…`
    }
  }
  return shown
}

/** As in an address, and as handshake.ts shows one. */
function listForms(text: string): string[] {
  return [encodeURIComponent(text), encodeURI(text), text.replace(/[^\x21-\x7e]/g, '?')]
}

function longestFirst(a: string, b: string): number {
  return b.length - a.length
}
