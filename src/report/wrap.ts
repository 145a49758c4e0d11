/** Cuts text to a width; what is cut off is marked with `…`. */
export function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`
}

/** Breaks text between words into lines of at most `width`; the second and later ones are indented. */
export function wrap(text: string, width: number, indent: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = `${indent}${word}`
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}

/** Parts side by side with `gap` between them, in as few lines of at most `width` as it takes. */
export function flow(parts: readonly string[], width: number, gap: string): string[] {
  const lines: string[] = []
  for (const part of parts) {
    const last = lines.at(-1)
    if (last === undefined || last.length + gap.length + part.length > width) lines.push(part)
    else lines[lines.length - 1] = `${last}${gap}${part}`
  }
  return lines
}
