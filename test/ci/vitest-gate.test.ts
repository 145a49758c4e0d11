/** The README's gate inside vitest, in a project of its own: it passes, and of a server that is too slow the message is the report. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listBlocks } from './readme-blocks.ts'
import { createScratchProject, type ScratchProject } from './scratch-project.ts'

let project: ScratchProject
beforeAll(async () => {
  project = await createScratchProject()
})
afterAll(() => project.remove())

/** The README's test. Whether this machine was free is not what is tested. */
function writeGate(p99: string): void {
  const [gate = ''] = listBlocks('A gate inside vitest', 'ts')
  const lenient = gate
    .replace('thresholds: [', 'requireValid: false,\n      thresholds: [')
    .replace('p99<500ms', `p99<${p99}`)
  expect(lenient).toContain(`requireValid: false,\n      thresholds: ['p99<${p99}'`)
  project.write('gate.test.ts', project.ported(lenient))
}

it('passes', async () => {
  writeGate('5s')
  const { code, stdout, stderr } = await project.run('npx vitest run --reporter=verbose')
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain('answers 200 messages a second in time')
})

it('fails when the server is slow, and says by how much', async () => {
  writeGate('500ms')
  const { code, stdout, stderr } = await project.run('npx vitest run', {
    env: { SLOW_MS: '800', NO_COLOR: '1' },
  })
  expect(code).toBe(1)
  expect(stdout + stderr).toMatch(/✗ {2}p99<500ms .+ over/)
})
