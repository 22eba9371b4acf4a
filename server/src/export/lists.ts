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

/** A list's columns in their order, each with what stands in it. */
type Columns<T> = Readonly<Record<string, (item: T) => Cell>>

interface EventItem {
  readonly event: StatusEvent
  readonly cursor: string
}

const EVENT: Columns<EventItem> = {
  cursor: ({ cursor }) => cursor,
  at: ({ event }) => time(event.at),
  detectedAt: ({ event }) => time(event.detectedAt),
  serverId: ({ event }) => event.server.id,
  server: ({ event }) => event.server.name,
  from: ({ event }) => event.from,
  fromReason: ({ event }) => event.fromReason,
  to: ({ event }) => event.to,
  reason: ({ event }) => event.reason,
  lastHeartbeatAt: ({ event }) => time(event.lastHeartbeatAt),
  gapFrom: ({ event }) => time(event.gap?.from),
  gapUntil: ({ event }) => time(event.gap?.until),
  gapCause: ({ event }) => event.gap?.cause ?? null,
}

interface Opened<T> {
  readonly opened: T
  readonly server: Server | undefined
}

const BEGINNING: Columns<Opened<Alert | Anomaly>> = {
  id: ({ opened }) => opened.id,
  serverId: ({ opened }) => opened.serverId,
  server: ({ server }) => server?.name ?? null,
}
const OPENING: Columns<Opened<Alert | Anomaly>> = {
  openedAt: ({ opened }) => time(opened.openedAt),
  openedBy: ({ opened }) => opened.openedBy,
}
const ENDING: Columns<Opened<Alert | Anomaly>> = {
  resolvedAt: ({ opened }) => time(opened.resolvedAt),
  resolvedBy: ({ opened }) => opened.resolvedBy,
  resolveNote: ({ opened }) => opened.resolveNote,
}

const ALERT: Columns<Opened<Alert>> = {
  ...BEGINNING,
  key: ({ opened }) => opened.key,
  severity: ({ opened }) => opened.severity,
  message: ({ opened }) => opened.message,
  value: ({ opened }) => opened.value,
  threshold: ({ opened }) => opened.threshold,
  ...OPENING,
  acknowledgedAt: ({ opened }) => time(opened.acknowledgedAt),
  acknowledgedBy: ({ opened }) => opened.acknowledgedBy,
  acknowledgeNote: ({ opened }) => opened.acknowledgeNote,
  ...ENDING,
}

const ANOMALY: Columns<Opened<Anomaly>> = {
  ...BEGINNING,
  metric: ({ opened }) => opened.metric,
  message: ({ opened }) => opened.message,
  score: ({ opened }) => opened.score,
  value: ({ opened }) => opened.value,
  expected: ({ opened }) => opened.expected,
  ...OPENING,
  ...ENDING,
}

export const LISTS = {
  events: { columns: Object.keys(EVENT), rows: exportEvents },
  alerts: { columns: Object.keys(ALERT), rows: exportAlerts },
  anomalies: { columns: Object.keys(ANOMALY), rows: exportAnomalies },
} as const satisfies Record<string, List>
export type ListName = keyof typeof LISTS

function exportEvents(store: Store, query: Query): AsyncGenerator<Row[]> {
  const filter = statusEventFilterIn(query)
  return pages(
    (position) => listStatusEvents(store, filter, { last: PAGE, before: position }),
    ({ items }) => items[0]?.cursor,
    ({ hasPreviousPage }) => hasPreviousPage,
    async (events) => events.toReversed().map((event) => rowOf(EVENT, { event, cursor: feedCursor(store, event) })),
  )
}

function exportAlerts(store: Store, query: Query): AsyncGenerator<Row[]> {
  const filter = alertFilterIn(query)
  return exportOpened(store, (request) => listAlerts(store, filter, request), ALERT)
}

function exportAnomalies(store: Store, query: Query): AsyncGenerator<Row[]> {
  const filter = anomalyFilterIn(query)
  return exportOpened(store, (request) => listAnomalies(store, filter, request), ANOMALY)
}

function exportOpened<T extends Alert | Anomaly>(
  store: Store,
  list: (request: PageRequest) => Promise<Page<T>>,
  columns: Columns<Opened<T>>,
): AsyncGenerator<Row[]> {
  return pages(
    (position) => list({ first: PAGE, after: position }),
    ({ items }) => items.at(-1)?.cursor,
    ({ hasNextPage }) => hasNextPage,
    async (nodes) => {
      const servers = await findServers(store, [...new Set(nodes.map((node) => node.serverId))])
      return nodes.map((opened) => rowOf(columns, { opened, server: servers.get(opened.serverId) }))
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

function rowOf<T>(columns: Columns<T>, item: T): Row {
  return Object.fromEntries(Object.entries(columns).map(([name, read]) => [name, read(item)]))
}

function time(at: Instant | null | undefined): string | null {
  return at == null ? null : new Date(at).toISOString()
}
