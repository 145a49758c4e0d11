/** reports/api.md is what the source says. `npm run api` writes it anew. */
import { expect, it } from 'vitest'
import { renderPage } from './render-page.ts'
import { listExports } from './source-file.ts'

/** What the language and its platform have. */
const KNOWN = new Set([
  'AbortSignal',
  'Buffer',
  'Error',
  'NonNullable',
  'Pick',
  'Promise',
  'Readonly',
  'Record',
  'URL',
  'RegExp',
  // A parameter of Flow.
  'Row',
])
/** Parts of a result that are read through it. */
const RESULT_PARTS = new Set(['Comparison', 'Cycle', 'Step'])
/** Parts of a plan, which is there to be looked at and to be run, not to be made by hand. */
const PARTS = new Set([
  'Cut',
  'MetricsAddress',
  'ConnectRamp',
  'FanOut',
  'Group',
  'Leaving',
  'Limits',
  'Output',
  'Phase',
  'Push',
  'Search',
  'Target',
])

it('the page of the API is up to date', async () => {
  await expect(renderPage()).toMatchFileSnapshot('../../reports/api.md')
})

it('names no type that a program could not import', () => {
  const exported = new Set(listExports().map(({ name }) => name))
  const code = Array.from(
    renderPage().matchAll(/```ts\n(.*?)```|^\| `[^`]+` \| `([^`]+)`/gms),
    ([, block, cell]) => block ?? cell,
  )
  const withoutTexts = code.join('\n').replaceAll(/\/\*.*?\*\/|'[^']*'/g, '')
  const named = new Set(Array.from(withoutTexts.matchAll(/\b[A-Z][A-Za-z]+\b/g), ([name]) => name))
  expect(
    [...named].filter(
      (name) => !exported.has(name) && !KNOWN.has(name) && !PARTS.has(name) && !RESULT_PARTS.has(name),
    ),
  ).toEqual([])
})

it('types stand first among the exports, each by name', () => {
  const kinds = listExports().map(({ isType }) => isType)
  expect(kinds).toEqual([...kinds].sort().reverse())
})
