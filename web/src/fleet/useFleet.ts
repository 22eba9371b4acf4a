import { type ComputedRef, computed, type InjectionKey, inject, provide, type Ref } from 'vue'
import type { FeedEntry } from '../api/feed-entries.ts'
import type { Gap } from '../api/fleet-source.ts'
import type { FleetRow } from '../api/fleet-store.ts'
import type { Hub } from '../api/hub.ts'
import type { FleetTally } from '../ui/fleet-words.ts'
import { createExpectations, type Expectations } from './expectations.ts'
import { tallyOf } from './tally.ts'

/** The fleet as it is shown. Everything follows the hub by itself. */
export interface Fleet {
  /** Whether the fleet was ever read. */
  readonly known: ComputedRef<boolean>
  /** Whether what happened before is known as well. */
  readonly recalled: Readonly<Ref<boolean>>
  /** All servers by name. */
  readonly rows: ComputedRef<readonly FleetRow[]>
  readonly tally: ComputedRef<FleetTally>
  /** Newest first. */
  readonly feed: ComputedRef<readonly FeedEntry[]>
  readonly gaps: ComputedRef<readonly Gap[]>
  row(id: string): FleetRow | undefined
  /** What one's own actions will make of servers: shown before the hub has answered. */
  readonly expect: Expectations['expect']
}

const FLEET: InjectionKey<Fleet> = Symbol('fleet')

export function provideFleet({ fleet }: Pick<Hub, 'fleet'>): Fleet {
  /** Reads the store again whenever it has changed. */
  const follow = <T>(read: (version: number) => T) => computed(() => read(fleet.version.value))
  /** What the log has to tell is there a moment later than the servers. */
  const followLog = <T>(read: (recalled: boolean) => T) => follow(() => read(fleet.recalled.value))
  const expectations = createExpectations()
  const byId = follow((version) => ({ version, rows: fleet.store.rows }))
  const told = follow(() => fleet.store.byName())
  const rows = computed(() =>
    expectations.none.value ? told.value : told.value.flatMap((row) => expectations.seen(row) ?? []),
  )

  const provided: Fleet = {
    known: follow(() => fleet.store.cursor !== null),
    recalled: fleet.recalled,
    rows,
    tally: computed(() => tallyOf(rows.value)),
    feed: followLog(() => fleet.store.feed),
    gaps: followLog(() => fleet.gaps),
    row: (id) => {
      const row = byId.value.rows.get(id)
      return row && (expectations.seen(row) ?? undefined)
    },
    expect: expectations.expect,
  }
  provide(FLEET, provided)
  return provided
}

export function useFleet(): Fleet {
  const fleet = inject(FLEET)
  if (!fleet) throw new Error('No fleet was provided.')
  return fleet
}
