/** The whole measuring by the built program (threads and servers cannot load TypeScript), in small. */
import { describe, expect, it } from 'vitest'
import type { MeasureOptions } from '../../src/floor/measure-floor.ts'
import { describeMachine, type Floor } from '../../src/observe/floor-cache.ts'
import { floor as schema } from '../../src/result/floor-schema.ts'

const built: string = new URL('../../dist/floor/measure-floor.js', import.meta.url).href
const { measureFloor } = (await import(built)) as {
  measureFloor: (options: MeasureOptions) => Promise<Floor>
}

const SMALL = {
  messageRuns: 1,
  messageConnections: 20,
  messageSeconds: 0.3,
  latencyRuns: 1,
  latencySeconds: 0.3,
  stormRuns: 1,
  stormConnections: 50,
}

describe('measureFloor', () => {
  it('gives every figure of this machine, in the order in which it says it measures them', async () => {
    const steps: string[] = []
    const { signal } = new AbortController()
    const floor = await measureFloor({ signal, sizes: SMALL, onStep: (words) => steps.push(words) })
    expect(steps).toEqual(['connections/s', 'messages/s', 'latency, null server', 'latency, demo server'])
    expect(floor).toMatchObject(describeMachine())
    expect(schema.parse(floor)).toEqual(floor)
    const { nullServer, demoServer } = floor.latencyUs
    const figures = [
      floor.messagesPerSecondPerCore,
      floor.connectionsPerSecond,
      nullServer.p50,
      demoServer.p50,
    ]
    for (const figure of figures) expect(figure).toBeGreaterThan(0)
    // Memory of 50 connections is lost in noise, and then it is null.
    expect(floor.bytesPerConnection).toBeNull()
  })

  it('ends when it is interrupted, and says that nothing is kept', async () => {
    const stop = new AbortController()
    const steps: string[] = []
    const measuring = measureFloor({
      signal: stop.signal,
      onStep: (words) => {
        steps.push(words)
        stop.abort()
      },
    })
    await expect(measuring).rejects.toThrow('interrupted')
    expect(steps).toHaveLength(1)
  })
})
