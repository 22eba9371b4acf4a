import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql'

/** The fields that are asked for below these; those that are skipped by a directive count too. */
function selectedBelow(nodes: readonly FieldNode[], fragments: GraphQLResolveInfo['fragments']): readonly FieldNode[] {
  const fieldsIn = (set: SelectionSetNode | undefined): readonly FieldNode[] =>
    (set?.selections ?? []).flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return selection
      if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsIn(selection.selectionSet)
      return fieldsIn(fragments[selection.name.value]?.selectionSet)
    })
  return nodes.flatMap(({ selectionSet }) => fieldsIn(selectionSet))
}

export function selects({ fieldNodes, fragments }: GraphQLResolveInfo, field: string): boolean {
  return selectedBelow(fieldNodes, fragments).some(({ name }) => name.value === field)
}

/** Nothing but these fields is asked for: of this field, or of those that a path of names leads to from it. */
export function selectsOnly(
  { fieldNodes, fragments }: GraphQLResolveInfo,
  fields: readonly string[],
  path: readonly string[] = [],
): boolean {
  const below = (nodes: readonly FieldNode[]) => selectedBelow(nodes, fragments)
  const nodes = path.reduce((at, step) => below(at).filter(({ name }) => name.value === step), fieldNodes)
  return below(nodes).every(({ name }) => name.value === '__typename' || fields.includes(name.value))
}
