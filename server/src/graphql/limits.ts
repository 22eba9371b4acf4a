import {
  type ASTVisitor,
  type DocumentNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql'
import { Refusal } from '../errors.ts'

/*
 * What a document may look like, for Apollo and graphql-ws alike. What it may cost is in cost.ts.
 *
 * An own rule and not graphql-armor: one linear walk before validation, and nothing to install.
 */

/** For the parser: 1,000 heartbeats written out in the document need 14,000. */
export const MAX_TOKENS = 20_000

/** The standard introspection query has 15. */
export const MAX_DEPTH = 16
export const MAX_ALIASES = 50
export const MAX_FIELDS = 500

/**
 * Refuses documents that are too deep or too wide.
 *
 * It runs as the last rule on the document's node, when none of the others has looked below it, and on refusal hands on
 * an empty document: theirs is the work that a hostile document would make expensive.
 */
function shapeRule(context: ValidationContext): ASTVisitor {
  return {
    Document(document) {
      const fault = faultOf(document)
      if (fault === undefined) return undefined
      context.reportError(tooComplex(fault))
      return { ...document, definitions: [] }
    },
  }
}

export const validationRules: ValidationRule[] = [shapeRule]

export function tooComplex(message: string): GraphQLError {
  return new GraphQLError(message, { originalError: new Refusal('QUERY_TOO_COMPLEX', message) })
}

/** What is wrong with the document's shape, in words; undefined where nothing is. */
function faultOf({ definitions }: DocumentNode): string | undefined {
  const count = { fields: 0, aliases: 0 }
  const fragments = new Map<string, SelectionSetNode>()
  const operations: SelectionSetNode[] = []
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition.selectionSet)
    else if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition.selectionSet)
  }

  for (const set of [...operations, ...fragments.values()]) countIn(set, count)
  if (count.aliases > MAX_ALIASES) return `The document has ${count.aliases} aliases; ${MAX_ALIASES} are allowed.`
  if (count.fields > MAX_FIELDS) return `The document has ${count.fields} fields; ${MAX_FIELDS} are allowed.`

  const tooDeep = operations.some((set) => isTooDeep(set, 1, fragments, new Map()))
  return tooDeep ? `The document is nested deeper than ${MAX_DEPTH} fields.` : undefined
}

function countIn(set: SelectionSetNode, count: { fields: number; aliases: number }): void {
  const waiting = [set]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const selection of next.selections) {
      if (selection.kind === Kind.FIELD) {
        count.fields++
        if (selection.alias) count.aliases++
      }
      if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet) waiting.push(selection.selectionSet)
    }
  }
}

/** `seen`: the deepest level at which each fragment was looked at; at or above that, it holds nothing new. */
function isTooDeep(
  set: SelectionSetNode,
  level: number,
  fragments: ReadonlyMap<string, SelectionSetNode>,
  seen: Map<string, number>,
): boolean {
  if (level > MAX_DEPTH) return true
  return set.selections.some((selection) => {
    if (selection.kind === Kind.FIELD) {
      return selection.selectionSet ? isTooDeep(selection.selectionSet, level + 1, fragments, seen) : false
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) return isTooDeep(selection.selectionSet, level, fragments, seen)

    const name = selection.name.value
    const fragment = fragments.get(name)
    if (!fragment || (seen.get(name) ?? 0) >= level) return false
    seen.set(name, level)
    return isTooDeep(fragment, level, fragments, seen)
  })
}
