/** `{client}` `{seq}` `{token}` in addresses, headers and messages. */
const PLACEHOLDER = /\{([A-Za-z_]+)\}/g

export const MESSAGE_PLACEHOLDERS = ['client', 'seq', 'token'] as const
/** A handshake belongs to no message, so it has no sequence number. */
export const HANDSHAKE_PLACEHOLDERS = ['client', 'token'] as const

/** Names in braces, in order and without repeats. JSON objects do not count: `{"a":1}` has none. */
export function findPlaceholders(text: string): readonly string[] {
  return [...new Set(Array.from(text.matchAll(PLACEHOLDER), (match) => match[1] ?? ''))]
}
