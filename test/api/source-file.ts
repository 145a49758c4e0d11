/** A file of src/ as syntax: what it exports, with the comment above it. */
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'rolldown/parseAst'

const SRC = fileURLToPath(new URL('../../src/', import.meta.url))

/** A node of the syntax tree; `start` and `end` are offsets in the text. */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  // biome-ignore lint/suspicious/noExplicitAny: the fields depend on the type
  readonly [field: string]: any
}

export class SourceFile {
  readonly path: string
  readonly text: string
  readonly body: readonly Node[]

  /** `path`: below src/. */
  constructor(path: string) {
    this.path = path
    this.text = readFileSync(join(SRC, path), 'utf8')
    this.body = parseAst(this.text, { lang: 'ts' }).body as unknown as Node[]
  }

  /** The source of a node, on one line. */
  textOf({ start, end }: Pick<Node, 'start' | 'end'>): string {
    return this.text
      .slice(start, end)
      .replace(/\s*\n\s*/g, ' ')
      .replaceAll('( ', '(')
      .replaceAll(/,? \)/g, ')')
  }

  /** The doc comment that ends right before a node, without its stars; empty: none. */
  commentOf({ start }: Pick<Node, 'start'>): string {
    const before = this.text.slice(0, start).trimEnd()
    if (!before.endsWith('*/')) return ''
    const comment = before.slice(before.lastIndexOf('/*'))
    if (!comment.startsWith('/**')) return ''
    const lines = comment.slice(3, -2).split('\n')
    return lines
      .map((line) => line.replace(/^\s*\* ?/, '').trim())
      .join('\n')
      .trim()
  }

  /** The file of ours that a name is imported from. */
  importedFrom(name: string): SourceFile {
    const found = this.body.find(
      ({ specifiers, source }) => source && specifiers.some((one: Node) => one.local.name === name),
    )
    if (found === undefined) throw new Error(`${this.path} does not know ${name}`)
    return new SourceFile(join(dirname(this.path), found.source.value))
  }

  /** What the file declares under that name; several of a function with overloads. */
  declarationsOf(name: string): { readonly node: Node; readonly comment: string }[] {
    return this.body.flatMap((statement) => {
      const node: Node = statement.declaration ?? statement
      const names: string[] = node.id
        ? [node.id.name]
        : (node.declarations ?? []).map((one: Node) => one.id.name)
      return names.includes(name) ? [{ node, comment: this.commentOf(statement) }] : []
    })
  }
}

export interface Exported {
  readonly name: string
  readonly file: string
  readonly isType: boolean
}

/** What `import … from 'ws-stress'` can name, in the order of index.ts. */
export function listExports(): Exported[] {
  const { body } = new SourceFile('index.ts')
  return body.flatMap(({ source, specifiers, exportKind }) =>
    (specifiers as Node[]).map(({ exported, exportKind: own }) => ({
      name: exported.name as string,
      file: normalize(join(dirname('index.ts'), source.value)),
      isType: exportKind === 'type' || own === 'type',
    })),
  )
}
