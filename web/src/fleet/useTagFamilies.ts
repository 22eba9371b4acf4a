import { type ComputedRef, computed } from 'vue'
import type { FleetRow } from '../api/fleet-store.ts'
import { type TagFamily, tagFamilies } from './tag-families.ts'

/** The ways in which the fleet can be grouped. Found anew only when a server came, went or has other tags. */
export function useTagFamilies(rows: () => readonly FleetRow[]): ComputedRef<readonly TagFamily[]> {
  let before: readonly FleetRow[] = []
  return computed<readonly TagFamily[]>((known) => {
    const now = rows()
    // A status change keeps a row's list of tags: it is the same object.
    const same = known && now.length === before.length && now.every((row, i) => row.tags === before[i]?.tags)
    before = now
    return same ? known : tagFamilies(now)
  })
}
