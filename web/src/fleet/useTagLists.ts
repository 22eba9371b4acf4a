import { type ComputedRef, computed } from 'vue'
import type { FleetRow } from '../api/fleet-store.ts'

export type TagLists = readonly FleetRow['tags'][]

/** The tags of each server. The same list until a server came, went or has other tags: what follows from them is kept. */
export function useTagLists(rows: () => readonly FleetRow[]): ComputedRef<TagLists> {
  return computed<TagLists>((known) => {
    const now = rows()
    // A status change keeps a row's list of tags: it is the same object.
    const same = known && now.length === known.length && now.every((row, i) => row.tags === known[i])
    return same ? known : now.map((row) => row.tags)
  })
}
