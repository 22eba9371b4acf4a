import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getOperationAST,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql'
import type { GraphQLContext } from './context.ts'

/** The root field whose answer may hold ten thousand rows. */
const LONG = 'fleet'

/** What a field says of its resolver, by `@Extensions`: that it finds its value in the row, at once. */
export interface AtHand {
  readonly atHand?: true
}

type Complete = (value: unknown, context: GraphQLContext) => unknown
interface Step {
  readonly key: string
  readonly read: (row: object, context: GraphQLContext) => unknown
  readonly complete: Complete
  /** Completes one item, where the field is a list. */
  readonly each: Complete | undefined
}

/** A document that can be answered here. */
interface Plan {
  readonly root: FieldNode
  readonly fragments: Record<string, FragmentDefinitionNode>
  readonly steps: readonly Step[]
}

/**
 * Answers `query { fleet { … } }` as graphql-js does, row by row from what was worked out once for the document: its
 * executor looks at types, paths and promises anew for each of 200,000 values, and takes four times as long.
 *
 * Only what is plain: no arguments, no directives, fields that are properties of their row or at hand. All else, and
 * whatever goes wrong, is the executor's.
 */
export class LongList {
  readonly #plans = new WeakMap<DocumentNode, Plan | null>()

  constructor(readonly schema: GraphQLSchema) {}

  /** The data; undefined where the executor has to answer. */
  async answer(
    document: DocumentNode,
    operationName: string | undefined,
    context: GraphQLContext,
  ): Promise<Record<string, unknown> | undefined> {
    let plan = this.#plans.get(document)
    if (plan === undefined) {
      plan = planOf(this.schema, document, operationName) ?? null
      this.#plans.set(document, plan)
    }
    if (!plan) return undefined
    try {
      const { root, fragments, steps } = plan
      const info = { fieldNodes: [root], fragments } as unknown as GraphQLResolveInfo
      const found = await this.schema.getQueryType()?.getFields()[LONG]?.resolve?.(undefined, {}, context, info)
      return { [keyOf(root)]: await inTurn(steps, found as object, context) }
    } catch {
      return undefined
    }
  }
}

/** A list's items may come in turns. */
async function inTurn(steps: readonly Step[], found: object, context: GraphQLContext): Promise<object> {
  const answer: Record<string, unknown> = {}
  for (const { key, read, complete, each } of steps) {
    const value = read(found, context)
    if (!each) answer[key] = complete(value, context)
    else {
      const items: unknown[] = []
      for (const item of value as readonly unknown[])
        items.push(each(item instanceof Promise ? await item : item, context))
      answer[key] = items
    }
  }
  return answer
}

function planOf(schema: GraphQLSchema, document: DocumentNode, name: string | undefined): Plan | undefined {
  const operation = getOperationAST(document, name)
  // A document of several operations is planned by its name, which is no part of the key.
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
  if (operation?.operation !== OperationTypeNode.QUERY || operation.directives?.length || operations.length > 1) return
  const [root, other] = operation.selectionSet.selections
  if (root?.kind !== Kind.FIELD || other || root.name.value !== LONG || !isPlain(root) || !root.selectionSet) return

  const type = schema.getType('Fleet')
  const fragments = Object.fromEntries(
    document.definitions.filter((it) => it.kind === Kind.FRAGMENT_DEFINITION).map((it) => [it.name.value, it]),
  )
  const steps = isObjectType(type) ? stepsOf(type, [root.selectionSet], fragments) : undefined
  return steps && { root, fragments, steps }
}

function stepsOf(
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  fragments: Plan['fragments'],
): readonly Step[] | undefined {
  const byKey = new Map<string, FieldNode[]>()
  if (!sets.every((set) => collect(type, set, fragments, byKey))) return undefined
  const steps = [...byKey].map(([key, nodes]) => stepOf(type, key, nodes, fragments))
  return steps.every((step) => step !== undefined) ? steps : undefined
}

/** False where there is something that is not plain. */
function collect(
  type: GraphQLObjectType,
  set: SelectionSetNode,
  fragments: Plan['fragments'],
  into: Map<string, FieldNode[]>,
): boolean {
  return set.selections.every((selection) => {
    if (!isPlain(selection)) return false
    if (selection.kind === Kind.FIELD) {
      into.set(keyOf(selection), [...(into.get(keyOf(selection)) ?? []), selection])
      return true
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value]
    const of = fragment?.typeCondition?.name.value ?? type.name
    return (
      fragment !== undefined &&
      isPlain(fragment) &&
      of === type.name &&
      collect(type, fragment.selectionSet, fragments, into)
    )
  })
}

function stepOf(
  type: GraphQLObjectType,
  key: string,
  nodes: readonly FieldNode[],
  fragments: Plan['fragments'],
): Step | undefined {
  const name = (nodes[0] as FieldNode).name.value
  if (name === '__typename') return { key, read: () => type.name, complete: (value) => value, each: undefined }
  const field = type.getFields()[name]
  const { resolve } = field ?? {}
  if (!field || field.args.length > 0) return undefined
  if (resolve && (field.extensions as AtHand).atHand !== true) return undefined

  const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
  const complete = completion(field.type, sets, fragments)
  if (!complete) return undefined
  const read: Step['read'] = resolve
    ? (row, context) => resolve(row, {}, context, undefined as never)
    : (row) => (row as Record<string, unknown>)[name]
  const list = isNonNullType(field.type) ? field.type.ofType : field.type
  return { key, read, complete, each: isListType(list) ? completion(list.ofType, sets, fragments) : undefined }
}

/** How a value of this type is written. @throws where it may not be so: the executor has the words for it */
function completion(
  type: GraphQLOutputType,
  sets: readonly SelectionSetNode[],
  fragments: Plan['fragments'],
): Complete | undefined {
  if (isNonNullType(type)) {
    const complete = completion(type.ofType, sets, fragments)
    return complete && ((value, context) => present(complete(value, context)))
  }
  if (isLeafType(type)) return (value) => (isNothing(value) ? null : present(type.serialize(value)))
  if (isListType(type)) {
    const each = completion(type.ofType, sets, fragments)
    return each && ((value, context) => (isNothing(value) ? null : itemsOf(value).map((item) => each(item, context))))
  }
  const steps = isObjectType(type) && !type.isTypeOf ? stepsOf(type, sets, fragments) : undefined
  return steps && ((value, context) => (isNothing(value) ? null : written(steps, value as object, context)))
}

function written(steps: readonly Step[], row: object, context: GraphQLContext): object {
  const answer: Record<string, unknown> = {}
  for (const { key, read, complete } of steps) answer[key] = complete(read(row, context), context)
  return answer
}

function itemsOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('This is not a list that is at hand')
  return value
}

function present(value: unknown): unknown {
  if (isNothing(value)) throw new Error('This must not be nothing')
  return value
}

function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

function isPlain(node: {
  readonly directives?: readonly unknown[] | undefined
  readonly arguments?: readonly unknown[] | undefined
}): boolean {
  return !node.directives?.length && !node.arguments?.length
}

function keyOf({ alias, name }: FieldNode): string {
  return (alias ?? name).value
}
