import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { resolveWith } from './resolve.ts'

const folder = fileURLToPath(new URL('../../scenarios/', import.meta.url))
const files = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(`${folder}${name}`)]))

describe.each(Object.keys(files))('scenarios/%s', (name) => {
  it('makes a plan against the demo server', () => {
    const { plan } = resolveWith({ files }, name)
    expect(plan.tests.map(({ target }) => target.urls)).toEqual(plan.tests.map(() => []))
  })

  it('begins with a comment that says what it asks', () => {
    expect(files[name]?.toString()).toMatch(/^# [A-Z]/)
  })
})

it('there is one for each test type, and a gate', () => {
  const types = Object.keys(files).map((name) => {
    const { plan } = resolveWith({ files }, name)
    return [name, plan.tests.map(({ testType }) => testType).join(' '), plan.thresholds.length]
  })
  expect(types).toEqual([
    ['all.yaml', 'throughput storm sustained', 0],
    ['echo-gate.yaml', 'sustained', 4],
    ['storm.yaml', 'storm', 0],
    ['sustained.yaml', 'sustained', 0],
    ['throughput.yaml', 'throughput', 0],
  ])
})
