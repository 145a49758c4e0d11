import type { Headers } from './headers.ts'

/**
 * Puts the token where the URL or a header has `{token}`, else into the query as `token=`. The result is secret.
 * The placeholders of a load test mean this one client: `{client}` and `{seq}` are 0.
 */
export function fillTarget(
  url: string,
  headers: Headers,
  token: string | null,
): { readonly url: string; readonly headers: Headers } {
  const fill = (text: string, shownToken: string) =>
    text.replace(/\{(token|client|seq)\}/g, (_, name) => (name === 'token' ? shownToken : '0'))
  const hasPlace = needsToken(url, headers)
  const filled = new URL(fill(url, encodeURIComponent(token ?? '')))
  if (token !== null && !hasPlace) filled.searchParams.set('token', token)
  return {
    url: filled.href,
    headers: headers.map(([name, value]) => [name, fill(value, token ?? '')] as const),
  }
}

/** Whether there is a place for a token that has to be filled. */
export function needsToken(url: string, headers: Headers): boolean {
  return url.includes('{token}') || headers.some(([, value]) => value.includes('{token}'))
}
