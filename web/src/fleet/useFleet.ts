import { type ComputedRef, computed, type InjectionKey, inject, provide, shallowRef } from 'vue'
import type { Gap } from '../api/fleet-source.ts'
import type { Acknowledgement, FeedEntry, FleetRow } from '../api/fleet-store.ts'
import type { Hub } from '../api/hub.ts'
import type { FleetTally } from '../ui/words.ts'
import { tallyOf } from './tally.ts'

/** The fleet as it is shown. Everything follows the hub by itself. */
export interface Fleet {
  /** Whether the fleet was ever read. */
  readonly known: ComputedRef<boolean>
  /** All servers by name. */
  readonly rows: ComputedRef<readonly FleetRow[]>
  readonly tally: ComputedRef<FleetTally>
  /** Newest first. */
  readonly feed: ComputedRef<readonly FeedEntry[]>
  readonly gaps: ComputedRef<readonly Gap[]>
  row(id: string): FleetRow | undefined
  /**
   * Shows an acknowledgement before the hub has answered. What is returned settles it: true leaves it until the hub's own
   * word has come, false takes it back at once.
   */
  expect(id: string, acknowledgement: Acknowledgement | null): (accepted: boolean) => void
}

const FLEET: InjectionKey<Fleet> = Symbol('fleet')

/** The hub's own word comes by another way than its answer, and soon. */
const WORD_COMES_MS = 1_500

export function provideFleet({ fleet }: Pick<Hub, 'fleet'>): Fleet {
  /** Reads the store again whenever it has changed. */
  const follow = <T>(read: (version: number) => T) => computed(() => read(fleet.version.value))
  const expected = shallowRef<ReadonlyMap<string, Acknowledgement | null>>(new Map())

  const asExpected = (row: FleetRow): FleetRow => {
    const acknowledgement = expected.value.get(row.id)
    return acknowledgement === undefined ? row : { ...row, acknowledgement }
  }
  const byId = follow((version) => ({ version, rows: fleet.store.rows }))
  const told = follow(() => fleet.store.byName())
  const rows = computed(() => (expected.value.size === 0 ? told.value : told.value.map(asExpected)))

  function expect(id: string, acknowledgement: Acknowledgement | null) {
    expected.value = new Map(expected.value).set(id, acknowledgement)
    const forget = () => {
      if (expected.value.get(id) !== acknowledgement) return
      const rest = new Map(expected.value)
      rest.delete(id)
      expected.value = rest
    }
    return (accepted: boolean) => {
      if (accepted) setTimeout(forget, WORD_COMES_MS)
      else forget()
    }
  }

  const provided: Fleet = {
    known: follow(() => fleet.store.cursor !== null),
    rows,
    tally: computed(() => tallyOf(rows.value)),
    feed: follow(() => fleet.store.feed),
    gaps: follow(() => fleet.gaps),
    row: (id) => {
      const row = byId.value.rows.get(id)
      return row && asExpected(row)
    },
    expect,
  }
  provide(FLEET, provided)
  return provided
}

export function useFleet(): Fleet {
  const fleet = inject(FLEET)
  if (!fleet) throw new Error('No fleet was provided.')
  return fleet
}
