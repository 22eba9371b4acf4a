import { type ApolloClient, ApolloLink, CombinedGraphQLErrors, type TypedDocumentNode } from '@apollo/client'
import { firstValueFrom } from 'rxjs'
import type { ActiveAlert, ActiveAnomaly, FleetSnapshot } from './fleet-store.ts'
import {
  FleetAlertsDocument,
  FleetAnomaliesDocument,
  FleetChangesDocument,
  type FleetChangesSubscription,
  FleetDocument,
  type FleetEventFragment,
  FleetStatusDocument,
  HeartbeatsDocument,
  RecentEventsDocument,
} from './generated/graphql.ts'

export interface Gap {
  readonly id: string
  readonly from: number
  readonly until: number
}

export interface RecentEvents {
  /** Oldest first. */
  readonly events: readonly FleetEventFragment[]
  readonly gaps: readonly Gap[]
}

export interface Heartbeats {
  /** How many servers there are in all, to notice one that was missed. */
  readonly total: number
  readonly heartbeats: readonly { readonly id: string; readonly lastHeartbeatAt: number | null }[]
}

export interface Sink<T> {
  next(value: T): void
  /** The stream is over. The code is the hub's, if it gave one. */
  ended(code: string | undefined): void
}

export type Stop = () => void

/** All that the live fleet needs of the hub. */
export interface FleetSource {
  snapshot(): Promise<FleetSnapshot>
  recentEvents(last: number): Promise<RecentEvents>
  heartbeats(ids: readonly string[]): Promise<Heartbeats>
  statusAfter(cursor: string, sink: Sink<FleetEventFragment>): Stop
  changes(sink: Sink<FleetChangesSubscription['serverChanged']>): Stop
  alerts(sink: Sink<{ readonly serverId: string; readonly alert: ActiveAlert & { readonly active: boolean } }>): Stop
  anomalies(
    sink: Sink<{ readonly serverId: string; readonly anomaly: ActiveAnomaly & { readonly active: boolean } }>,
  ): Stop
}

const DAY_MS = 86_400_000

/**
 * The hub's answers, past Apollo's cache and what it does to each answer: the fleet is one large list that thousands of
 * events a minute go into, and `FleetStore` holds it with rules of its own. Pages about one server read through the cache.
 */
export function fleetSource(client: Pick<ApolloClient, 'link'>, now: () => number): FleetSource {
  function send<D, V extends Record<string, unknown>>(query: TypedDocumentNode<D, V>, variables: V) {
    return ApolloLink.execute(client.link, { query, variables }, { client: client as ApolloClient })
  }

  async function read<D, V extends Record<string, unknown>>(query: TypedDocumentNode<D, V>, variables: V): Promise<D> {
    const answer = await firstValueFrom(send(query, variables))
    if (answer.errors) throw new CombinedGraphQLErrors(answer)
    return answer.data as D
  }

  function listen<D, V extends Record<string, unknown>, T>(
    query: TypedDocumentNode<D, V>,
    variables: V,
    sink: Sink<T>,
    pick: (data: D) => T,
  ): Stop {
    const subscription = send(query, variables).subscribe({
      next: (answer) =>
        answer.errors ? sink.ended(errorCode(new CombinedGraphQLErrors(answer))) : sink.next(pick(answer.data as D)),
      error: (error) => sink.ended(errorCode(error)),
      complete: () => sink.ended(undefined),
    })
    return () => subscription.unsubscribe()
  }

  return {
    snapshot: async () => (await read(FleetDocument, {})).fleet,
    recentEvents: async (last) => {
      const gapsFrom = new Date(now() - DAY_MS).toISOString()
      const { statusEvents, observationGaps } = await read(RecentEventsDocument, { last, gapsFrom })
      const gaps = observationGaps.map(({ id, from, until }) => ({
        id,
        from: Date.parse(from),
        until: Date.parse(until),
      }))
      return { events: statusEvents.nodes, gaps }
    },
    heartbeats: async (ids) => {
      const { fleet, servers } = await read(HeartbeatsDocument, { ids: [...ids], first: ids.length })
      const heartbeats = servers.nodes.map(({ id, heartbeat: { lastHeartbeatAt } }) => ({
        id,
        lastHeartbeatAt: lastHeartbeatAt === null ? null : Date.parse(lastHeartbeatAt),
      }))
      return { total: fleet.counts.total, heartbeats }
    },
    statusAfter: (after, sink) => listen(FleetStatusDocument, { after }, sink, (data) => data.serverStatusChanged),
    changes: (sink) => listen(FleetChangesDocument, {}, sink, (data) => data.serverChanged),
    alerts: (sink) =>
      listen(FleetAlertsDocument, {}, sink, ({ alertChanged: { server, ...alert } }) => ({
        serverId: server.id,
        alert,
      })),
    anomalies: (sink) =>
      listen(FleetAnomaliesDocument, {}, sink, ({ anomalyChanged: { server, ...anomaly } }) => ({
        serverId: server.id,
        anomaly,
      })),
  }
}

/** The hub's code of a refusal; undefined where the hub was not reached. */
export function errorCode(error: unknown): string | undefined {
  if (!CombinedGraphQLErrors.is(error)) return undefined
  const code = error.errors[0]?.extensions?.code
  return typeof code === 'string' ? code : 'DEFECT'
}
