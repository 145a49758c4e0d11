/** Asks the server how many connections it thinks it has. */
import { createPageReader } from '../observe/server-metrics-request.ts'
import { resolvePointer } from '../plan/json-pointer.ts'
import type { TlsSettings } from '../plan/plan.ts'
import { redactUrl } from '../plan/target-url.ts'

const TIMEOUT_MS = 2000

export interface ServerCount {
  /** Null: no answer, or no number in it. */
  read(): Promise<number | null>
  /** Why there was none, the first time; null: there always was. */
  problem(): string | null
  close(): void
}

/** `path`: a JSON pointer. */
export function openServerCount(url: string, path: string, tls: TlsSettings): ServerCount {
  const page = createPageReader(url, tls)
  let problem: string | null = null

  return {
    async read() {
      const answer = await page.read(TIMEOUT_MS)
      const found = answer.ok ? findCount(answer.text, path) : answer
      if (found.ok) return found.count
      problem ??= `the count of connections at ${redactUrl(url)} cannot be read: ${found.problem}`
      return null
    },
    problem: () => problem,
    close: () => page.close(),
  }
}

type Found = { readonly ok: true; readonly count: number } | { readonly ok: false; readonly problem: string }

function findCount(text: string, path: string): Found {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { ok: false, problem: 'it is not JSON' }
  }
  const value = resolvePointer(json, path)
  if (typeof value === 'number' && Number.isInteger(value)) return { ok: true, count: value }
  return { ok: false, problem: `there is no whole number at '${path}'` }
}
