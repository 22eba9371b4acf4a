import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql'

/** The names of the fields that are asked for below this one; those that are skipped by a directive count too. */
function selectedFields({ fieldNodes, fragments }: GraphQLResolveInfo): ReadonlySet<string> {
  const names = new Set<string>()
  const collect = (set: SelectionSetNode | undefined): void => {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) names.add(selection.name.value)
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet)
      else collect(fragments[selection.name.value]?.selectionSet)
    }
  }
  for (const node of fieldNodes) collect(node.selectionSet)
  return names
}

export function selects(info: GraphQLResolveInfo, field: string): boolean {
  return selectedFields(info).has(field)
}

/** Nothing but these fields is asked for. */
export function selectsOnly(info: GraphQLResolveInfo, fields: readonly string[]): boolean {
  for (const name of selectedFields(info)) if (name !== '__typename' && !fields.includes(name)) return false
  return true
}
