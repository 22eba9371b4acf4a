import {
  type ASTNode,
  type DocumentNode,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  visit,
} from 'graphql'
import { type Caller, permissionsOf } from '../access/caller.ts'
import type { OperationRequest } from './operation.ts'

/**
 * The same for all subscriptions that answer the same to the same item: they have the same document, variables and
 * permissions.
 *
 * The root field's own arguments, such as filter and cursor, choose the items and do not shape the answers, so variables
 * that are used nowhere else may differ.
 */
export function sharingKey(
  document: DocumentNode,
  { query, operationName, variables }: OperationRequest,
  caller: Caller,
): string {
  const operation = getOperationAST(document, operationName)
  const names = operation ? variablesThatShape(document, operation) : []
  // One that was left out has its default, and null has not.
  const given = names.filter((name) => variables && Object.hasOwn(variables, name))
  const shaping = given.map((name) => [name, variables?.[name]])
  return JSON.stringify([permissionsOf(caller), query, operationName ?? null, shaping])
}

function variablesThatShape(document: DocumentNode, operation: OperationDefinitionNode): string[] {
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)
  const nodes = [
    ...fragments,
    ...(operation.directives ?? []),
    ...operation.selectionSet.selections.flatMap(shapingParts),
  ]
  const names = new Set<string>()
  for (const node of nodes) visit(node, { Variable: ({ name }) => void names.add(name.value) })
  return [...names].sort()
}

function shapingParts(selection: SelectionNode): readonly ASTNode[] {
  if (selection.kind !== Kind.FIELD) return [selection]
  return [...(selection.directives ?? []), ...(selection.selectionSet ? [selection.selectionSet] : [])]
}
