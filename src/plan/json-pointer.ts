/** RFC 6901: `/data/items/0`. The empty pointer is the whole. */
export function isJsonPointer(text: string): boolean {
  return text === '' || (text.startsWith('/') && !/~(?![01])/.test(text))
}

/** What stands there; undefined: nothing. */
export function resolvePointer(json: unknown, pointer: string): unknown {
  let value = json
  for (const step of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    if (!Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

/** The step of a pointer that stands for that key. */
export function escapePointerStep(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
