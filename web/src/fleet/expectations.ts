import { type ComputedRef, computed, shallowRef } from 'vue'
import type { FleetRow } from '../api/fleet-store.ts'

/** What an action will make of a server; null where it will be gone. */
export type Change = (row: FleetRow) => FleetRow | null

interface Expectation {
  readonly ids: ReadonlySet<string>
  readonly change: Change
}

export interface Expectations {
  readonly none: ComputedRef<boolean>
  /** The server as it is expected to be; null where it is expected to be gone. */
  seen(row: FleetRow): FleetRow | null
  /**
   * Shows what these servers will be before the hub has answered; what was expected of them before is over. What is
   * returned settles it: the refused are as they were at once, the others keep it until the hub's own word has come.
   */
  expect(ids: readonly string[], change: Change): (refused: readonly string[]) => void
}

/** The hub's own word comes by another way than its answer, and soon. */
const WORD_COMES_MS = 1_500

/** What one's own actions will most likely do, for as long as the hub's word of it is on its way. */
export function createExpectations(): Expectations {
  const all = shallowRef<readonly Expectation[]>([])
  const without = ({ ids, change }: Expectation, gone: ReadonlySet<string>): Expectation[] => {
    const left = new Set([...ids].filter((id) => !gone.has(id)))
    return left.size > 0 ? [{ ids: left, change }] : []
  }

  function expect(ids: readonly string[], change: Change) {
    const taken = new Set(ids)
    all.value = [...all.value.flatMap((one) => without(one, taken)), { ids: taken, change }]
    const forget = (gone: ReadonlySet<string>) => {
      all.value = all.value.flatMap((one) => (one.change === change ? without(one, gone) : [one]))
    }
    return (refused: readonly string[]) => {
      forget(new Set(refused))
      setTimeout(forget, WORD_COMES_MS, taken)
    }
  }

  return {
    none: computed(() => all.value.length === 0),
    seen: (row) => {
      const found = all.value.find(({ ids }) => ids.has(row.id))
      return found ? found.change(row) : row
    },
    expect,
  }
}
