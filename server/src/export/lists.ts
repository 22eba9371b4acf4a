import type { Alert, Anomaly, Instant, Server, StatusEvent } from '../core/types.ts'
import { listAlerts } from '../store/alerts.ts'
import { listAnomalies } from '../store/anomalies.ts'
import { listStatusEvents } from '../store/event-log.ts'
import { feedCursor } from '../store/feed-cursor.ts'
import type { Page, PageRequest } from '../store/page.ts'
import { findServers } from '../store/servers.ts'
import type { Store } from '../store/store.ts'
import type { Cell } from './csv.ts'
import { alertFilterIn, anomalyFilterIn, type Query, statusEventFilterIn } from './query.ts'

/** One row, in the order of its list's columns: the same names in CSV and in JSON. */
export type Row = Readonly<Record<string, Cell>>

export interface List {
  readonly columns: readonly string[]
  /** Pages of rows, newest first, as the page shows them; what happens meanwhile is not in it. */
  rows(store: Store, query: Query): AsyncGenerator<Row[]>
}

/** So many rows are in memory at a time, however long the list is. */
const PAGE = 500

const ENDING = ['resolvedAt', 'resolvedBy', 'resolveNote'] as const
const EVENT = [
  ...['cursor', 'at', 'detectedAt', 'serverId', 'server', 'from', 'fromReason', 'to', 'reason', 'lastHeartbeatAt'],
  ...['gapFrom', 'gapUntil', 'gapCause'],
] as const
const ALERT = [
  ...['id', 'serverId', 'server', 'key', 'severity', 'message', 'value', 'threshold', 'openedAt', 'openedBy'],
  ...['acknowledgedAt', 'acknowledgedBy', 'acknowledgeNote'],
  ...ENDING,
] as const
const ANOMALY = [
  ...['id', 'serverId', 'server', 'metric', 'message', 'score', 'value', 'expected', 'openedAt', 'openedBy'],
  ...ENDING,
] as const

export const LISTS = {
  events: { columns: EVENT, rows: exportEvents },
  alerts: { columns: ALERT, rows: exportAlerts },
  anomalies: { columns: ANOMALY, rows: exportAnomalies },
} as const satisfies Record<string, List>
export type ListName = keyof typeof LISTS

function exportEvents(store: Store, query: Query): AsyncGenerator<Row[]> {
  const filter = statusEventFilterIn(query)
  return pages(
    (position) => listStatusEvents(store, filter, { last: PAGE, before: position }),
    ({ items }) => items[0]?.cursor,
    ({ hasPreviousPage }) => hasPreviousPage,
    async (events) => events.toReversed().map((event) => eventRow(store, event)),
  )
}

function exportAlerts(store: Store, query: Query): AsyncGenerator<Row[]> {
  const filter = alertFilterIn(query)
  return opened(store, (request) => listAlerts(store, filter, request), alertRow)
}

function exportAnomalies(store: Store, query: Query): AsyncGenerator<Row[]> {
  const filter = anomalyFilterIn(query)
  return opened(store, (request) => listAnomalies(store, filter, request), anomalyRow)
}

function opened<T extends Alert | Anomaly>(
  store: Store,
  list: (request: PageRequest) => Promise<Page<T>>,
  rowOf: (opened: T, server: Server | undefined) => Row,
): AsyncGenerator<Row[]> {
  return pages(
    (position) => list({ first: PAGE, after: position }),
    ({ items }) => items.at(-1)?.cursor,
    ({ hasNextPage }) => hasNextPage,
    async (nodes) => {
      const servers = await findServers(store, [...new Set(nodes.map((node) => node.serverId))])
      return nodes.map((node) => rowOf(node, servers.get(node.serverId)))
    },
  )
}

/** Page after page, each read when the one before it has been taken: nothing is held open between them. */
async function* pages<T>(
  read: (position: string | undefined) => Promise<Page<T>>,
  positionOf: (page: Page<T>) => string | undefined,
  goesOn: (page: Page<T>) => boolean,
  rowsOf: (nodes: T[]) => Promise<Row[]>,
): AsyncGenerator<Row[]> {
  let position: string | undefined
  for (;;) {
    const page = await read(position)
    yield await rowsOf(page.items.map(({ node }) => node))
    position = positionOf(page)
    if (!goesOn(page) || position === undefined) return
  }
}

function eventRow(store: Store, event: StatusEvent): Row {
  return {
    cursor: feedCursor(store, event),
    at: time(event.at),
    detectedAt: time(event.detectedAt),
    serverId: event.server.id,
    server: event.server.name,
    from: event.from,
    fromReason: event.fromReason,
    to: event.to,
    reason: event.reason,
    lastHeartbeatAt: time(event.lastHeartbeatAt),
    gapFrom: time(event.gap?.from),
    gapUntil: time(event.gap?.until),
    gapCause: event.gap?.cause ?? null,
  }
}

function alertRow(alert: Alert, server: Server | undefined): Row {
  return {
    id: alert.id,
    serverId: alert.serverId,
    server: server?.name ?? null,
    key: alert.key,
    severity: alert.severity,
    message: alert.message,
    value: alert.value,
    threshold: alert.threshold,
    openedAt: time(alert.openedAt),
    openedBy: alert.openedBy,
    acknowledgedAt: time(alert.acknowledgedAt),
    acknowledgedBy: alert.acknowledgedBy,
    acknowledgeNote: alert.acknowledgeNote,
    ...ending(alert),
  }
}

function anomalyRow(anomaly: Anomaly, server: Server | undefined): Row {
  return {
    id: anomaly.id,
    serverId: anomaly.serverId,
    server: server?.name ?? null,
    metric: anomaly.metric,
    message: anomaly.message,
    score: anomaly.score,
    value: anomaly.value,
    expected: anomaly.expected,
    openedAt: time(anomaly.openedAt),
    openedBy: anomaly.openedBy,
    ...ending(anomaly),
  }
}

function ending({ resolvedAt, resolvedBy, resolveNote }: Alert | Anomaly): Row {
  return { resolvedAt: time(resolvedAt), resolvedBy, resolveNote }
}

function time(at: Instant | null | undefined): string | null {
  return at == null ? null : new Date(at).toISOString()
}
