import type { ApolloClient } from '@apollo/client'
import { type InjectionKey, inject, type ShallowRef, shallowRef, watch } from 'vue'
import { createApollo } from './client.ts'
import { Connection } from './connection.ts'
import { fleetSource } from './fleet-source.ts'
import { FleetStore } from './fleet-store.ts'
import { FleetSync } from './fleet-sync.ts'
import { clockedFetch, HubClock } from './hub-clock.ts'
import { dialHub, type HubSocket } from './hub-socket.ts'
import { isOld, type Liveness, livenessOf } from './liveness.ts'
import { type Memory, readSession, rememberSignedIn, type Session, wasSignedIn } from './session.ts'

/** The page's one hub: who is signed in, the line to it, and the fleet as it tells it. */
export interface Hub {
  readonly clock: HubClock
  readonly fetch: typeof globalThis.fetch
  readonly apollo: ApolloClient
  /** Undefined until it was asked for, null when nobody is signed in. */
  readonly session: ShallowRef<Session | null | undefined>
  readonly connection: Connection<HubSocket>
  readonly fleet: FleetSync
  readonly liveness: Readonly<ShallowRef<Liveness>>
  /** The last moment at which what is shown was true; null while it is. */
  readonly asOf: Readonly<ShallowRef<number | null>>
  /** Reads who is signed in and, if somebody is, opens the line. */
  enter(): Promise<Session | null | undefined>
  leave(): void
  tryNow(): void
}

export function createHub(socketUrl: string, memory: Memory): Hub {
  const clock = new HubClock()
  const fetch = clockedFetch(clock)
  const now = () => clock.now()
  const session = shallowRef<Session | null>()
  const connection = new Connection(dialHub(socketUrl), now)
  const apollo = createApollo(connection, fetch, leave)
  const fleet = new FleetSync(new FleetStore(now), fleetSource(apollo, now), now, leave)
  const liveness = shallowRef<Liveness>({ kind: 'connecting' })
  const asOf = shallowRef<number | null>(null)

  /** While who is signed in is being asked, nobody else need ask it. */
  let entering = false

  watch(connection.epoch, () => fleet.connected(), { flush: 'sync' })
  watch(
    connection.state,
    (state) => {
      if (state.kind === 'reconnecting' || state.kind === 'stale') {
        fleet.lost()
        if (state.nextTryAt !== null && !entering) void checkSession()
      }
    },
    { flush: 'sync' },
  )
  watch(
    [connection.state, fleet.state] as const,
    ([line, state]) => {
      liveness.value = livenessOf(liveness.value, line, state)
      if (!isOld(liveness.value)) asOf.value = null
      else asOf.value ??= line.kind === 'live' ? now() : connection.lastHeardAt
    },
    { flush: 'sync' },
  )

  async function enter(): Promise<Session | null | undefined> {
    // Who was signed in mostly still is: the line is dialled while the hub is asked.
    if (wasSignedIn(memory)) connection.open()
    // A hub that does not answer leaves open who is signed in: the connection will say that it is away.
    entering = true
    const found = await readSession(fetch).catch(() => undefined)
    entering = false
    if (found === null) leave()
    else {
      if (found) rememberSignedIn(memory, found)
      session.value = found
      connection.open()
    }
    return found
  }

  /** A refused upgrade looks like any other failure: whether the session is over must be asked. */
  async function checkSession(): Promise<void> {
    const found = await readSession(fetch).catch(() => undefined)
    if (found === null) leave()
  }

  function leave(): void {
    connection.close()
    fleet.forget()
    session.value = null
    rememberSignedIn(memory, null)
    // Questions that are under way are refused by it, as they would be by the hub.
    void apollo.clearStore().catch(() => undefined)
  }

  return {
    clock,
    fetch,
    apollo,
    session,
    connection,
    fleet,
    liveness,
    asOf,
    enter,
    leave,
    tryNow: () => (connection.state.value.kind === 'live' ? fleet.tryNow() : connection.tryNow()),
  }
}

export const HUB: InjectionKey<Hub> = Symbol('hub')

export function useHub(): Hub {
  const hub = inject(HUB)
  if (!hub) throw new Error('No hub was provided.')
  return hub
}
