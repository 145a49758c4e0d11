/** Target addresses: what is accepted, and how they are shown without secrets. */
import { accept, type Parsed, reject } from './units.ts'

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i
const PLACEHOLDER = /\{[a-z]+\}/g

/** ws:// or wss://, or a bare `host:port/path` (then ws://); http(s):// of an event stream, which resolve-target checks. The text is kept as written; `{client}` and `{token}` stay. */
export function parseTargetUrl(text: string): Parsed<string> {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase()
  if (scheme !== undefined && !['ws', 'wss', 'http', 'https'].includes(scheme)) {
    return reject(`has the scheme ${scheme}://`)
  }
  const full = scheme === undefined ? `ws://${text}` : text
  if (/\s/.test(full)) return reject('contains a space')
  const filled = full.replace(PLACEHOLDER, '0')
  if (!URL.canParse(filled)) return reject('is not an address')
  const url = new URL(filled)
  if (url.hash !== '' || filled.includes('#')) {
    return reject('has a #fragment, which WebSocket addresses do not allow')
  }
  if (url.port === '0') return reject('has port 0')
  return accept(full)
}

/** True for what may be meant as an address: with a scheme, a port, a dot or a path. */
export function looksLikeAddress(text: string): boolean {
  return SCHEME.test(text) || /[:./]/.test(text) || text === 'localhost'
}

/**
 * The address without user, password, query values and fragment; placeholders stay. In one that cannot be read, a password
 * may have a `/` of its own, so all before the last @ counts as one; with a `?` or `#` there, what follows may be the end
 * of a secret as well, and nothing is shown.
 */
export function redactUrl(text: string): string {
  const scheme = SCHEME.exec(text)?.[0] ?? ''
  const whole = stripScheme(text)
  const canRead = URL.canParse(`ws://${whole.replace(PLACEHOLDER, '0')}`)
  if (!canRead && /[?#].*@/s.test(whole)) return `${scheme}…`
  const rest = canRead ? whole : whole.slice(whole.lastIndexOf('@') + 1)
  const [beforeFragment = '', ...fragment] = rest.split('#')
  const [beforeQuery = '', ...query] = beforeFragment.split('?')
  const pathAt = beforeQuery.indexOf('/')
  const authority = pathAt < 0 ? beforeQuery : beforeQuery.slice(0, pathAt)
  const path = pathAt < 0 ? '' : beforeQuery.slice(pathAt)
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  const shownQuery = query.length > 0 ? `?${query.join('?').replace(/=([^&]*)/g, '=…')}` : ''
  return `${scheme}${host}${path}${shownQuery}${fragment.length > 0 ? '#…' : ''}`
}

function stripScheme(text: string): string {
  return text.replace(SCHEME, '')
}
