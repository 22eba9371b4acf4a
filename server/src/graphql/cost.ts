import {
  type ExecutionArgs,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  getOperationAST,
  isListType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql'
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../store/page.ts'
import { tooComplex } from './limits.ts'

/**
 * The most values that one answer may hold, estimated. The whole fleet of 10,000 with 40 fields each stays below it;
 * beyond, one answer would keep everybody else waiting for seconds.
 */
const MAX_COST = 500_000

/** How long a list is expected to be where nothing says so. */
const SHORT_LIST = 2

/**
 * How long a list is expected to be inside itself: the alerts of the server of each of its alerts. An average over a
 * fleet says nothing there: twenty alerts of one server, seven times in one another, are a thousand million.
 */
const LIST_IN_ITSELF = 50

/** A whole schema by introspection. */
const INTROSPECTION_COST = 20_000

/** What a field says of its own cost, by `@Extensions`. */
export interface CostExtensions {
  /** How long its list is: a number, or as long as this argument. */
  readonly listSize?: number | { readonly argument: string }
  /** What it costs beside its values: a statement of its own for each row, for instance. */
  readonly cost?: number
}

export type Operation = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>

/**
 * Refuses an operation whose answer would be too large; undefined where it may run. For valid documents only.
 *
 * Not graphql-query-complexity: that coerces all variables once more and walks each use of a fragment anew, on every
 * heartbeat. Here a fragment is measured once.
 */
export function costError(operation: Operation): GraphQLError | undefined {
  const cost = costOf(operation)
  if (cost <= MAX_COST) return undefined
  return tooComplex(
    `The answer may hold ${Math.ceil(cost).toLocaleString('en')} values; ask for fewer than ${MAX_COST.toLocaleString('en')}.`,
  )
}

export function costOf({ schema, document, operationName, variableValues }: Operation): number {
  const operation = getOperationAST(document, operationName)
  const root = operation && schema.getRootType(operation.operation)
  if (!operation || !root) return 0

  const variables: Record<string, unknown> = {}
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    if (defaultValue) variables[variable.name.value] = valueFromASTUntyped(defaultValue)
  }
  const meter = new Meter(schema, document, { ...variables, ...variableValues })
  return meter.costOf(operation.selectionSet, { type: root, pageSize: 1, lists: [] })
}

/** Where a selection stands. */
interface Place {
  readonly type: GraphQLNamedType
  /** How many edges and nodes there are, if `type` is a connection. */
  readonly pageSize: number
  /** The lists that it is inside of, as `Type.field`, in the order of their names. */
  readonly lists: readonly string[]
}

class Meter {
  readonly #fragments = new Map<string, FragmentDefinitionNode>()
  readonly #measured = new Map<string, number>()

  constructor(
    readonly schema: GraphQLSchema,
    document: Operation['document'],
    readonly variables: Readonly<Record<string, unknown>>,
  ) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition)
    }
  }

  costOf(set: SelectionSetNode, place: Place): number {
    let cost = 0
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) cost += this.#costOfField(selection, place)
      else if (selection.kind === Kind.INLINE_FRAGMENT) cost += this.costOf(selection.selectionSet, place)
      else cost += this.#costOfFragment(selection.name.value, place)
    }
    return cost
  }

  #costOfFragment(name: string, place: Place): number {
    const key = `${name} ${place.pageSize} ${place.lists.join()}`
    const known = this.#measured.get(key)
    if (known !== undefined) return known

    const fragment = this.#fragments.get(name)
    const cost = fragment ? this.costOf(fragment.selectionSet, place) : 0
    this.#measured.set(key, cost)
    return cost
  }

  #costOfField(node: FieldNode, { type, pageSize, lists }: Place): number {
    const name = node.name.value
    if (name.startsWith('__')) return name === '__typename' ? 1 : INTROSPECTION_COST
    const field = isObjectType(type) ? type.getFields()[name] : undefined
    if (!field) return 0

    const { cost = 0 } = field.extensions as CostExtensions
    if (!node.selectionSet) return 1 + cost
    const place = { type: getNamedType(field.type), pageSize: this.#pageSize(field, node), lists }
    if (!isListType(getNullableType(field.type))) return 2 + cost + this.costOf(node.selectionSet, place)
    if (type.name.endsWith('Connection')) return 1 + cost + pageSize * (1 + this.costOf(node.selectionSet, place))

    const list = `${type.name}.${name}`
    const inItself = lists.includes(list)
    const size = inItself ? LIST_IN_ITSELF : this.#listSize(field, node)
    const inside = inItself ? place : { ...place, lists: [...lists, list].sort() }
    return 1 + cost + size * (1 + this.costOf(node.selectionSet, inside))
  }

  #listSize(field: GraphQLField<unknown, unknown>, node: FieldNode): number {
    const { listSize = SHORT_LIST } = field.extensions as CostExtensions
    return typeof listSize === 'number' ? listSize : this.#lengthOf(node, listSize.argument)
  }

  /** A size that is out of range is refused elsewhere, by name. */
  #pageSize(field: GraphQLField<unknown, unknown>, node: FieldNode): number {
    if (!field.args.some((argument) => argument.name === 'first')) return 1
    const size = this.#argument(node, 'last') ?? this.#argument(node, 'first') ?? DEFAULT_PAGE_SIZE
    return Math.min(Math.max(Number(size) || 0, 1), MAX_PAGE_SIZE)
  }

  #argument(node: FieldNode, name: string): unknown {
    const value = node.arguments?.find((argument) => argument.name.value === name)?.value
    return value && valueFromASTUntyped(value, this.variables)
  }

  #lengthOf(node: FieldNode, argument: string): number {
    const value = node.arguments?.find(({ name }) => name.value === argument)?.value
    if (value?.kind === Kind.LIST) return value.values.length
    const given = value?.kind === Kind.VARIABLE ? this.variables[value.name.value] : undefined
    return Array.isArray(given) ? given.length : 1
  }
}
