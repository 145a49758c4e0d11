/** The page of the library's API: each export with its declaration and what its comment says. */
import { SchemaText } from './schema-text.ts'
import { type Exported, listExports, type Node, SourceFile } from './source-file.ts'

const HEAD = `# The library

\`\`\`js
import { run } from 'ws-stress'
\`\`\`

All that the package exports, from the comments in the source (\`npm run api\` writes this page). How it is used stands in the
[README](../README.md#library).`

export function renderPage(): string {
  const exported = listExports()
  const files = new Map(exported.map(({ file }) => [file, new SourceFile(file)]))
  const entries = exported.map((one) => ({ ...one, text: renderEntry(one, files.get(one.file)!) }))
  const section = (title: string, wanted: (one: (typeof entries)[0]) => boolean): string =>
    [`## ${title}`, ...entries.filter(wanted).map(({ text }) => text)].join('\n\n')
  const isError = ({ name }: Exported): boolean => name.endsWith('Error')
  return `${[
    HEAD,
    section('Functions', (one) => !one.isType && !isError(one)),
    section('Errors', isError),
    section('Types', ({ isType }) => isType),
  ].join('\n\n')}\n`
}

function renderEntry({ name }: Exported, file: SourceFile): string {
  const found = file.declarationsOf(name)
  if (found.length === 0) throw new Error(`${file.path} has no ${name}`)
  const comment = found.map((one) => one.comment).find((text) => text !== '')
  if (comment === undefined) throw new Error(`${name} of ${file.path} has no comment`)
  return [
    `### ${name}`,
    ...renderComment(comment),
    ...renderDeclaration(
      name,
      found.map(({ node }) => node),
      file,
    ),
  ].join('\n\n')
}

function renderDeclaration(name: string, nodes: readonly Node[], file: SourceFile): string[] {
  const [node] = nodes as [Node]
  switch (node.type) {
    case 'TSInterfaceDeclaration': {
      const parents = (node.extends as Node[]).map((parent) => file.textOf(parent))
      const also = parents.length === 0 ? [] : [`Also has the fields of ${parents.map(code).join(', ')}.`]
      return [...also, renderMembers(node.body.body, file)]
    }
    case 'ClassDeclaration': {
      const fields = (node.body.body as Node[]).filter(({ type }) => type === 'PropertyDefinition')
      return fields.length === 0 ? [] : [renderMembers(fields, file)]
    }
    case 'TSTypeAliasDeclaration': {
      const schemas = new SchemaText(file)
      const schema = schemas.schemaOf(name)
      const type =
        schema === null
          ? file.text.slice(node.typeAnnotation.start, node.typeAnnotation.end)
          : schemas.write(schema)
      return [fence(`type ${name} = ${type}`)]
    }
    default: {
      // Of overloads, the one with a body is not for callers.
      const signatures = nodes.filter(({ body }) => nodes.length === 1 || !body)
      return [fence(signatures.map((one) => writeSignature(one, file)).join('\n'))]
    }
  }
}

function writeSignature({ start, end, body }: Node, file: SourceFile): string {
  return file
    .textOf({ start, end: body ? body.start : end })
    .trim()
    .replace(/^async /, '')
}

function renderMembers(members: readonly Node[], file: SourceFile): string {
  const rows = members.map((member) => {
    const name = `${file.textOf(member.key)}${member.optional ? '?' : ''}`
    const type = member.type === 'TSMethodSignature' ? writeMethod(member, file) : writeType(member, file)
    const [text = ''] = renderComment(file.commentOf(member).replaceAll('\n', ' '))
    return `| ${code(name)} | ${escapeCell(code(type))} | ${escapeCell(text)} |`
  })
  return ['| field | type | meaning |', '| --- | --- | --- |', ...rows].join('\n')
}

function writeType({ typeAnnotation }: Node, file: SourceFile): string {
  return typeAnnotation ? file.textOf(typeAnnotation.typeAnnotation) : ''
}

/** `(content: string) => string`, however it was declared. */
function writeMethod({ params, returnType }: Node, file: SourceFile): string {
  const list = (params as Node[]).map((param) => file.textOf(param)).join(', ')
  return `(${list}) => ${file.textOf(returnType.typeAnnotation)}`
}

/** The text, and what it throws as sentences of their own. */
function renderComment(comment: string): string[] {
  const [text = '', ...thrown] = comment.split(/\s*@throws\s+/)
  const words = text.replaceAll('\n', ' ').trim()
  return [
    ...(words === '' ? [''] : [words]),
    ...thrown.map((one) => `Throws ${one.replaceAll('\n', ' ').trim().replace(/\.?$/, '.')}`),
  ]
}

function code(text: string): string {
  return `\`${text}\``
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|')
}

function fence(text: string): string {
  return `\`\`\`ts\n${text}\n\`\`\``
}
