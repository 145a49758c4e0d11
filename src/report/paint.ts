import { styleText } from 'node:util'

/** Ways to set text off, by meaning. Without colour they leave it alone; badges then are bare words. */
export interface Paint {
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly warn: (text: string) => string
  readonly dim: (text: string) => string
  readonly strong: (text: string) => string
  readonly command: (text: string) => string
  readonly badge: (text: string, state: 'good' | 'bad' | 'warn') => string
}

type Style = Parameters<typeof styleText>[0]

export function createPaint(color: boolean): Paint {
  // The caller has decided about colour: the stream of this process is not asked again.
  const style =
    (format: Style) =>
    (text: string): string =>
      color && text !== '' ? styleText(format, text, { validateStream: false }) : text
  const badges = {
    good: style(['bgGreen', 'black', 'bold']),
    bad: style(['bgRed', 'whiteBright', 'bold']),
    warn: style(['bgYellow', 'black', 'bold']),
  }
  return {
    good: style('green'),
    bad: style(['red', 'bold']),
    warn: style('yellow'),
    dim: style('gray'),
    strong: style('bold'),
    command: style('cyan'),
    badge: (text, state) => (color ? badges[state](` ${text} `) : text),
  }
}
