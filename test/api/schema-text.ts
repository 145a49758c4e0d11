/** A zod schema of the source as the type that it stands for, with the comments of its fields. */
import { SCHEMA_VERSION } from '../../src/result/tool.ts'
import type { Node, SourceFile } from './source-file.ts'

const LITERALS: Readonly<Record<string, string>> = { SCHEMA_VERSION: String(SCHEMA_VERSION) }

export class SchemaText {
  readonly #file: SourceFile
  /** Names of types by the constant of their schema: `z.infer<typeof trend>` is TrendMetric. */
  readonly #typeNames: ReadonlyMap<string, string>

  constructor(file: SourceFile) {
    this.#file = file
    this.#typeNames = new Map(
      file.body.flatMap(({ declaration }) => {
        const [inferred] = declaration?.typeAnnotation?.typeArguments?.params ?? []
        return inferred?.type === 'TSTypeQuery' ? [[inferred.exprName.name, declaration.id.name]] : []
      }),
    )
  }

  /** The schema behind `type NAME = z.infer<typeof …>`, or null when that is not what the type is. */
  schemaOf(typeName: string): Node | null {
    const [constant] = [...this.#typeNames].find(([, name]) => name === typeName) ?? []
    return constant === undefined ? null : this.#valueOf(constant)
  }

  #valueOf(constant: string): Node | null {
    const [found] = this.#file.declarationsOf(constant)
    return found?.node.declarations?.[0].init ?? null
  }

  /** @throws on a form that it does not know: it has to be taught, or the page would be wrong */
  write(node: Node, indent = ''): string {
    if (node.type === 'Identifier') return this.#writeName(node.name, indent)
    if (node.type !== 'CallExpression') throw new Error(`no schema: ${this.#file.textOf(node)}`)
    const { object, property } = node.callee
    const args = node.arguments as Node[]
    const [first] = args
    const inner = (one: Node | undefined): string => this.write(one!, indent)
    switch (property.name) {
      case 'string':
      case 'number':
      case 'boolean':
        return property.name
      case 'literal':
        return LITERALS[first!.name] ?? this.#file.textOf(first!)
      case 'enum':
        return first!.elements.map((one: Node) => this.#file.textOf(one)).join(' | ')
      case 'default':
        return inner(object)
      case 'nullable':
        return `${inner(object)} | null`
      case 'array':
        return /[ |]/.test(inner(first)) && !inner(first).startsWith('{')
          ? `(${inner(first)})[]`
          : `${inner(first)}[]`
      case 'tuple':
        return `[${first!.elements.map(inner).join(', ')}]`
      case 'record':
        return `Record<${args.map(inner).join(', ')}>`
      case 'union':
      case 'discriminatedUnion':
        return args.at(-1)!.elements.map(inner).join(' | ')
      case 'object':
        return this.#writeObject(first!, indent)
      default:
        throw new Error(`no schema: ${this.#file.textOf(node)}`)
    }
  }

  #writeName(name: string, indent: string): string {
    const typeName = this.#typeNames.get(name)
    if (typeName !== undefined) return typeName
    const value = this.#valueOf(name)
    if (value !== null) return this.write(value, indent)
    return new SchemaText(this.#file.importedFrom(name)).#writeName(name, indent)
  }

  #writeObject({ properties }: Node, indent: string): string {
    const deeper = `${indent}  `
    const lines = (properties as Node[]).map((property) => {
      const comment = this.#file.commentOf(property).replaceAll('\n', ' ')
      const above = comment === '' ? '' : `${deeper}/** ${comment} */\n`
      return `${above}${deeper}${this.#file.textOf(property.key)}: ${this.write(property.value, deeper)}`
    })
    return `{\n${lines.join('\n')}\n${indent}}`
  }
}
