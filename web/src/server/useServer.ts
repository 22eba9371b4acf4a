import { type ComputedRef, computed, shallowRef, watch } from 'vue'
import {
  ServerAlertsDocument,
  ServerAnomaliesDocument,
  ServerHeartbeatsDocument,
  ServerPageDocument,
  type ServerPageQuery,
  ServerSettingsChangedDocument,
  ServerStatusEventsDocument,
} from '../api/generated/graphql.ts'
import { useHub } from '../api/hub.ts'
import { type QueryResult, useQuery } from '../api/useQuery.ts'
import { useSubscription } from '../api/useSubscription.ts'

export type ServerDetails = NonNullable<ServerPageQuery['server']>

/** How many status changes the history shows. */
const HISTORY = 20

export interface LiveServer {
  readonly data: QueryResult<ServerPageQuery>['data']
  readonly server: ComputedRef<ServerDetails | null | undefined>
  readonly error: QueryResult<ServerPageQuery>['error']
  /** Somebody deleted it while it was being looked at. */
  readonly deleted: Readonly<{ value: boolean }>
  reread(): void
}

/**
 * One server, kept true by its streams: each writes what it says into the cache, by the server's id. What a stream does
 * not carry, the history and the lists of alerts and anomalies, is read again when one says that it changed.
 */
export function useServer(id: () => string): LiveServer {
  const { data, error, refetch } = useQuery(ServerPageDocument, () => ({ id: id(), history: HISTORY }))
  const deleted = shallowRef(false)

  useSubscription(ServerHeartbeatsDocument, () => ({ id: id() }))
  useSubscription(ServerStatusEventsDocument, () => ({ ids: [id()] }), refetch)
  useSubscription(ServerAlertsDocument, () => ({ id: id() }), refetch)
  useSubscription(ServerAnomaliesDocument, () => ({ id: id() }), refetch)
  useSubscription(
    ServerSettingsChangedDocument,
    () => ({ ids: [id()] }),
    ({ serverChanged }) => {
      if (serverChanged.kind === 'DELETED') deleted.value = true
    },
  )
  const server = computed(() => data.value?.server)
  useFeedOf(id, server, refetch)
  return { data, error, deleted, server, reread: refetch }
}

/**
 * The stream of a server's status begins a moment after the server was read, and does not tell what happened in between.
 * The fleet knows: it follows the feed by its cursor. Where it tells of another status, the server is read again.
 */
function useFeedOf(id: () => string, server: LiveServer['server'], reread: () => void): void {
  const { fleet } = useHub()
  const told = computed(() => {
    const row = fleet.version.value > 0 ? fleet.store.rows.get(id()) : undefined
    return row && `${row.status} ${row.reason}`
  })
  watch([told, () => server.value?.id], () => {
    if (!server.value || !told.value) return
    if (told.value !== `${server.value.status} ${server.value.statusReason}`) reread()
  })
}
