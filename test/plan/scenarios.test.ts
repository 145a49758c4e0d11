import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { resolveWith } from './resolve.ts'

const folder = fileURLToPath(new URL('../../scenarios/', import.meta.url))
const files = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(`${folder}${name}`)]))
/** A flow and its data belong to the scenario that names them. */
const scenarios = Object.keys(files).filter((name) => name.endsWith('.yaml'))

describe.each(scenarios)('scenarios/%s', (name) => {
  it('makes a plan against the demo server', () => {
    const { plan } = resolveWith({ files }, name)
    expect(plan.tests.map(({ target }) => target.urls)).toEqual(plan.tests.map(() => []))
  })

  it('begins with a comment that says what it asks', () => {
    expect(files[name]?.toString()).toMatch(/^# [A-Z]/)
  })
})

it('there is one for each test type, one for each server of the documents, and a gate', () => {
  const found = scenarios.map((name) => {
    const { plan } = resolveWith({ files }, name)
    const [first] = plan.tests
    const types = plan.tests.map(({ testType }) => testType).join(' ')
    return [name, types, first?.target.serve?.[0], plan.thresholds.length]
  })
  expect(found).toEqual([
    ['all.yaml', 'throughput storm sustained', 'echo', 0],
    ['binary.yaml', 'throughput', 'binary', 3],
    ['broadcast.yaml', 'broadcast', 'broadcast', 3],
    ['capacity.yaml', 'capacity', 'echo', 0],
    ['chat-json.yaml', 'throughput', 'chat-json', 3],
    ['chat-named.yaml', 'broadcast', 'chat-named', 3],
    ['chat-numbered.yaml', 'broadcast', 'chat-numbered', 3],
    ['dead-clients.yaml', 'heartbeat', 'heartbeat', 4],
    ['echo-axum-en.yaml', 'throughput', 'echo-axum-en', 3],
    ['echo-axum.yaml', 'throughput', 'echo-axum', 3],
    ['echo-gate.yaml', 'sustained', 'echo', 4],
    ['echo.yaml', 'throughput', 'echo', 3],
    ['feed.yaml', 'push', 'feed', 2],
    ['heartbeat.yaml', 'push', 'heartbeat', 3],
    ['idle.yaml', 'idle', 'echo', 2],
    ['leak.yaml', 'leak', 'echo', 2],
    ['momentum-chat.yaml', 'flow', 'momentum', 3],
    ['momentum.yaml', 'broadcast', 'momentum', 3],
    ['notifications.yaml', 'push', 'notifications', 2],
    ['reconnect.yaml', 'reconnect', 'echo', 3],
    ['rooms.yaml', 'broadcast', 'rooms', 4],
    ['slow-consumer.yaml', 'slow-consumer', 'broadcast', 2],
    ['sse.yaml', 'push', 'sse', 3],
    ['storm.yaml', 'storm', 'echo', 0],
    ['sustained.yaml', 'sustained', 'echo', 0],
    ['throughput.yaml', 'throughput', 'echo', 0],
  ])
})
