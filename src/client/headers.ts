/** Request headers as given. */
export type Headers = readonly (readonly [name: string, value: string])[]

/** For node:http, which would leave out Host with a flat list. A header given twice is sent twice. */
export function collectHeaders(headers: Headers): Record<string, string | string[]> {
  const collected: Record<string, string | string[]> = {}
  for (const [name, value] of headers) {
    const earlier = collected[name]
    collected[name] = earlier === undefined ? value : [earlier, value].flat()
  }
  return collected
}
