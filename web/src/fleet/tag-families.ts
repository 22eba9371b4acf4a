import type { TagLists } from './useTagLists.ts'

/** Tags of which a server has one: a place, a role. What a fleet can be grouped by. */
export interface TagFamily {
  /** In the address: the key of `key:value` tags, else the family's most frequent tag. */
  readonly id: string
  /** region; or the tags themselves: ams, fra, nyc… */
  readonly name: string
  /** The tag of this family that a server has. */
  tagOf(tags: readonly string[]): string | undefined
}

/** Families are told apart by so many of the most frequent tags: beyond them a group would be one server or two. */
const MOST_TAGS = 200
const NAMED = 3

/**
 * The ways in which a fleet's tags divide it.
 *
 * Tags like `region:ams` say themselves what they are. Plain tags are put together by use: those that no server has two
 * of, the most frequent first, are one family. A family of one tag divides nothing and is left out.
 */
export function tagFamilies(lists: TagLists): readonly TagFamily[] {
  const keyed = new Map<string, Set<string>>()
  const plain = new Map<string, number>()
  for (const tags of lists) {
    for (const tag of tags) {
      const key = keyOf(tag)
      if (key === undefined) plain.set(tag, (plain.get(tag) ?? 0) + 1)
      else keyed.set(key, (keyed.get(key) ?? new Set()).add(tag))
    }
  }
  return [
    ...[...keyed].filter(([, tags]) => tags.size > 1).map(([key]) => byKey(key)),
    ...plainFamilies(lists, plain)
      .filter((tags) => tags.length > 1)
      .map(byTags),
  ]
}

/** The family that an address names, also when its tags have changed since. */
export function familyOf(families: readonly TagFamily[], id: string | null): TagFamily | undefined {
  if (id === null) return undefined
  return families.find((family) => family.id === id) ?? families.find((family) => family.tagOf([id]) !== undefined)
}

function keyOf(tag: string): string | undefined {
  const colon = tag.indexOf(':')
  return colon > 0 && colon < tag.length - 1 ? tag.slice(0, colon) : undefined
}

function byKey(key: string): TagFamily {
  return { id: key, name: key, tagOf: (tags) => tags.find((tag) => keyOf(tag) === key)?.slice(key.length + 1) }
}

function byTags(tags: readonly string[]): TagFamily {
  const known = new Set(tags)
  const names = tags.slice(0, NAMED).join(', ')
  return {
    id: tags[0] ?? '',
    name: tags.length > NAMED ? `${names}…` : names,
    tagOf: (own) => own.find((tag) => known.has(tag)),
  }
}

function plainFamilies(lists: TagLists, counts: ReadonlyMap<string, number>): string[][] {
  const frequent = [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, MOST_TAGS)
    .map(([tag]) => tag)
  const together = new Map(frequent.map((tag) => [tag, new Set<string>()]))
  for (const tags of lists) {
    for (const tag of tags) for (const other of tags) if (other !== tag) together.get(tag)?.add(other)
  }
  const families: string[][] = []
  for (const tag of frequent) {
    const apart = families.find((family) => family.every((other) => !together.get(tag)?.has(other)))
    if (apart) apart.push(tag)
    else families.push([tag])
  }
  return families
}
