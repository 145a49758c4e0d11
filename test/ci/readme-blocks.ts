import { readFileSync } from 'node:fs'

export const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

/** The fenced blocks of a language in a section (a heading of any level, to the next of its own or a higher one). */
export function listBlocks(section: string, language: string): string[] {
  return Array.from(readSection(section).matchAll(/^```(\S+)\n(.*?)^```$/gms))
    .filter((match) => match[1] === language)
    .map((match) => match[2] ?? '')
}

export function readSection(title: string): string {
  const [, hashes = ''] = new RegExp(`^(#+) ${title}$`, 'm').exec(README) ?? []
  if (hashes === '') throw new Error(`README has no section ${title}`)
  const [, behind = ''] = README.split(`\n${hashes} ${title}\n`)
  return behind.split(new RegExp(`^#{1,${hashes.length}} `, 'm'))[0] ?? ''
}
