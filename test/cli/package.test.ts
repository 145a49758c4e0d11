import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

interface Packed {
  files: { path: string; mode: number }[]
}

it('the package has the program, the scenarios and the three texts, and nothing else', () => {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts']
  const output = execFileSync('npm', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const [{ files }] = JSON.parse(output) as [Packed]
  const paths = files.map(({ path }) => path)
  const tops = [...new Set(paths.map((path) => path.split('/')[0]))].sort()
  expect(tops).toEqual(['LICENSE', 'README.md', 'dist', 'package.json', 'scenarios'])
  for (const path of [
    'dist/bin.js',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/engine/worker.js',
    'dist/result-schema.json',
  ])
    expect(paths).toContain(path)
  expect(paths.filter((path) => path.startsWith('scenarios/') && !/\.(?:yaml|mjs|csv)$/.test(path))).toEqual(
    [],
  )
  expect(paths.filter((path) => path.startsWith('dist/') && !/\.(?:js|d\.ts|json)$/.test(path))).toEqual([])
})
