import { describe, expect, it } from 'vitest'
import { createScreen, reflowsLines } from '../../../src/report/live/screen.ts'
import { FakeTerminal } from '../../support/terminal.ts'

function open(columns: number, reflows = true) {
  const terminal = new FakeTerminal(columns)
  terminal.write('$ stress\n')
  return { terminal, screen: createScreen(terminal, { columns: () => terminal.columns, reflows }) }
}

const block = (name: string, count = 4, width = 60) =>
  Array.from({ length: count }, (_, index) => `${name} ${index} `.padEnd(width, '.'))

describe('a block of lines', () => {
  it('is drawn over itself', () => {
    const { terminal, screen } = open(80)
    screen.draw(block('one'))
    screen.draw(block('two'))
    expect(terminal.screen).toEqual(['$ stress', ...block('two')])
  })

  it('may become shorter and longer', () => {
    const { terminal, screen } = open(80)
    for (const count of [6, 2, 5, 0, 3]) {
      screen.draw(block('n', count))
      expect(terminal.screen).toEqual(['$ stress', ...block('n', count)])
    }
  })

  it('writes only the lines that are new, in one piece', () => {
    const { terminal, screen } = open(80)
    screen.draw(['same', 'old', 'same'])
    terminal.written.length = 0
    screen.draw(['same', 'new', 'same'])
    expect(terminal.written).toHaveLength(1)
    expect(terminal.written[0]).not.toContain('same')
    expect(terminal.screen).toEqual(['$ stress', 'same', 'new', 'same'])
  })

  it('is gone after clear(), and what comes next stands in its place', () => {
    const { terminal, screen } = open(80)
    screen.draw(block('one'))
    screen.clear()
    expect(terminal.screen).toEqual(['$ stress'])
    terminal.write('a row\n')
    screen.draw(block('two'))
    screen.clear()
    terminal.write('another\n')
    expect(terminal.screen).toEqual(['$ stress', 'a row', 'another'])
  })

  it('takes what an interrupt prints with it', () => {
    const { terminal, screen } = open(80)
    screen.draw(block('one'))
    terminal.write('^C')
    screen.clear()
    expect(terminal.screen).toEqual(['$ stress'])
  })

  it('writes nothing when there is nothing to clear', () => {
    const { terminal, screen } = open(80)
    terminal.written.length = 0
    screen.clear()
    expect(terminal.written).toEqual([])
  })

  it('never hides the cursor: whatever ends the process, there is none to bring back', () => {
    const { terminal, screen } = open(80)
    screen.draw(block('one'))
    screen.clear()
    expect(terminal.written.join('')).not.toContain('?25')
  })
})

describe('a terminal that is resized', () => {
  it.each([
    ['breaks lines that are too long', true],
    ['cuts lines that are too long', false],
  ])('and %s: nothing remains, and nothing above is lost', (_, reflows) => {
    const { terminal, screen } = open(80, reflows)
    screen.draw(block('one', 4, 70))
    for (const [columns, width] of [
      [50, 40],
      [120, 100],
      [30, 20],
      [31, 30],
      [12, 5],
      [200, 150],
    ] as const) {
      terminal.resize(columns, reflows)
      screen.draw(block('n', 4, width))
      expect(terminal.screen).toEqual(['$ stress', ...block('n', 4, width)])
    }
    terminal.resize(40, reflows)
    screen.clear()
    expect(terminal.screen).toEqual(['$ stress'])
  })

  it('counts characters, not colour', () => {
    const { terminal, screen } = open(80)
    screen.draw(['\x1b[31m\x1b[1mshort\x1b[22m\x1b[39m', '\x1b[32mshort\x1b[39m'])
    terminal.resize(6, true)
    screen.draw(['a', 'b'])
    // The program's name is broken too: it is longer than the terminal is wide.
    expect(terminal.screen).toEqual(['$ stre', 'ss', 'a', 'b'])
  })
})

describe('reflowsLines', () => {
  it.each([
    [{ TERM: 'tmux-256color', TMUX: '/tmp/x' }, true],
    [{ TERM: 'xterm-256color', VTE_VERSION: '7600' }, true],
    [{ TERM: 'xterm-256color', XTERM_VERSION: 'XTerm(390)' }, false],
    [{ TERM: 'linux' }, false],
    [{ TERM: 'screen', STY: '1.pts-0' }, false],
    [{}, true],
  ])('%o: %s', (env, expected) => {
    expect(reflowsLines(env)).toBe(expected)
  })
})
