import module from 'node:module'

let isAllowed = false

/**
 * Lets this thread import TypeScript. Node 22.18 and later does so by itself; before, what strips the types is the package
 * that Node's own is made of, which leaves every line and column where it was.
 */
export async function allowTypeScript(): Promise<void> {
  const { typescript = false } = process.features as { typescript?: string | false }
  if (isAllowed || typescript !== false) return
  isAllowed = true
  module.register('./typescript-hooks.js', import.meta.url)
}
