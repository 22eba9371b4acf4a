import { entriesOf, entryOf, FEED_LENGTH, type FeedEntry, instant } from './feed-entries.ts'
import type {
  ActiveAlertFragment,
  ActiveAnomalyFragment,
  FleetEventFragment,
  FleetServerFragment,
  ServerChangeKind,
  ServerStatus,
  StatusReason,
} from './generated/graphql.ts'
import { RowsByName } from './rows-by-name.ts'

export type ActiveAlert = ActiveAlertFragment
export type ActiveAnomaly = ActiveAnomalyFragment

/** A server as lists show it. Replaced, never changed in place, so that only what changed is drawn again. */
export interface FleetRow {
  readonly id: string
  readonly name: string
  readonly tags: readonly string[]
  readonly status: ServerStatus
  readonly reason: StatusReason
  readonly since: number
  readonly createdAt: number
  readonly limitSeconds: number
  readonly lastHeartbeatAt: number | null
  /** When `lastHeartbeatAt` was read: heartbeats are not pushed, so a server may have been heard since. */
  readonly heardAsOf: number
  readonly alerts: readonly ActiveAlert[]
  readonly anomalies: readonly ActiveAnomaly[]
  /** Who knows of the status that it has now. */
  readonly acknowledgement: Acknowledgement | null
}

export interface Acknowledgement {
  readonly by: string
  readonly at: number
  readonly note: string | null
}

export interface FleetSnapshot {
  readonly cursor: string
  readonly servers: readonly FleetServerFragment[]
}

/** How many cursors back a doubled event is recognised. */
const REMEMBERED = 1_000

/**
 * The fleet as the hub last told it: a snapshot, and every change after its cursor.
 *
 * A status comes from the snapshot and from the status feed only. `serverChanged` is a stream of its own, with no order
 * between the two: what it says of a status may be older than what the feed has said, so it is believed only for a
 * server that nobody has spoken of yet.
 */
export class FleetStore {
  constructor(readonly now: () => number) {}

  readonly rows = new Map<string, FleetRow>()
  /** Newest first. */
  feed: readonly FeedEntry[] = []
  /** Where the status feed goes on. Null before the first snapshot. */
  cursor: string | null = null
  /** Changes of servers that `serverChanged` has not told us of yet. */
  readonly #early = new Map<string, FleetEventFragment>()
  readonly #deleted = new Set<string>()
  /** When the feed last told of a server's status: what was acknowledged before then is over. */
  readonly #settledAt = new Map<string, number>()
  readonly #applied = new Set<string>()
  readonly #byName = new RowsByName<FleetRow>(this.rows)

  /** All rows by name. */
  byName(): readonly FleetRow[] {
    return this.#byName.list()
  }

  #put(row: FleetRow): void {
    const before = this.rows.get(row.id)
    this.rows.set(row.id, row)
    this.#byName.changed(row, before)
  }

  /** Begins anew from a snapshot. */
  replace(snapshot: FleetSnapshot): void {
    this.clear()
    for (const server of snapshot.servers) this.rows.set(server.id, rowOf(server, this.now()))
    this.cursor = snapshot.cursor
  }

  /**
   * Takes over the newest events as the log has them, oldest first.
   *
   * They must have been read after the snapshot. Then nothing is missing between the two; what both the log and the live
   * feed tell is recognised by its cursor.
   */
  recall(events: readonly FleetEventFragment[]): void {
    const logged = entriesOf(events)
    const told = new Map(this.feed.map((entry) => [entry.cursor, entry]))
    this.feed = logged.map((entry) => told.get(entry.cursor) ?? entry)
    for (const entry of [...told.values()].reverse()) this.#show(entry)
  }

  /** As it was before the first snapshot. */
  clear(): void {
    this.rows.clear()
    this.#early.clear()
    this.#deleted.clear()
    this.#settledAt.clear()
    this.#applied.clear()
    this.#byName.allChanged()
    this.cursor = null
    this.feed = []
  }

  /** A status change, in the feed's order. False for one that was applied before. */
  applyEvent(event: FleetEventFragment): boolean {
    if (this.#applied.has(event.cursor)) return false
    this.#remember(event.cursor)
    this.cursor = event.cursor

    const { id } = event.server
    const row = this.rows.get(id)
    this.#settledAt.set(id, Date.parse(event.detectedAt))
    this.#show(entryOf(event, row?.status === event.from ? row.since : null))
    if (row) this.#put(withStatus(row, event))
    else if (!this.#deleted.has(id)) this.#early.set(id, event)
    return true
  }

  #remember(cursor: string): void {
    this.#applied.add(cursor)
    if (this.#applied.size <= REMEMBERED) return
    for (const oldest of this.#applied) {
      this.#applied.delete(oldest)
      return
    }
  }

  #show(entry: FeedEntry): void {
    if (this.feed.some((known) => known.cursor === entry.cursor)) return
    // In a storm the log, which is read later, may begin after it.
    const oldest = this.feed.length === FEED_LENGTH ? this.feed.at(-1) : undefined
    if (oldest && entry.detectedAt < oldest.detectedAt) return
    this.feed = [entry, ...this.feed].slice(0, FEED_LENGTH)
  }

  applyChange(kind: ServerChangeKind, server: FleetServerFragment): void {
    if (kind === 'DELETED') {
      this.rows.delete(server.id)
      this.#byName.allChanged()
      this.#early.delete(server.id)
      this.#deleted.add(server.id)
      return
    }
    if (this.#deleted.has(server.id)) return

    const told = this.#acknowledgedSince(rowOf(server, this.now()))
    const row = this.rows.get(server.id)
    const early = this.#early.get(server.id)
    this.#early.delete(server.id)
    if (row) {
      const { status, reason, since } = row
      this.#put({ ...told, status, reason, since, lastHeartbeatAt: later(row, told) })
    } else this.#put(early ? withStatus(told, early) : told)
  }

  /** `serverChanged` may still tell of somebody who knew of the status before. */
  #acknowledgedSince(row: FleetRow): FleetRow {
    const settledAt = this.#settledAt.get(row.id) ?? -Infinity
    return row.acknowledgement && row.acknowledgement.at < settledAt ? { ...row, acknowledgement: null } : row
  }

  applyAlert(serverId: string, { active, ...alert }: ActiveAlert & { readonly active: boolean }): void {
    const row = this.rows.get(serverId)
    if (!row) return
    const others = row.alerts.filter((other) => other.id !== alert.id)
    this.#put({ ...row, alerts: active ? [alert, ...others] : others })
  }

  applyAnomaly(serverId: string, { active, ...anomaly }: ActiveAnomaly & { readonly active: boolean }): void {
    const row = this.rows.get(serverId)
    if (!row) return
    const others = row.anomalies.filter((other) => other.id !== anomaly.id)
    this.#put({ ...row, anomalies: active ? [anomaly, ...others] : others })
  }

  applyHeartbeat(serverId: string, lastHeartbeatAt: number | null): void {
    const row = this.rows.get(serverId)
    if (row) this.#put({ ...row, lastHeartbeatAt: later(row, { lastHeartbeatAt }), heardAsOf: this.now() })
  }
}

function rowOf(server: FleetServerFragment, heardAsOf: number): FleetRow {
  return {
    id: server.id,
    name: server.name,
    tags: server.tags,
    status: server.status,
    reason: server.statusReason,
    since: Date.parse(server.statusSince),
    createdAt: Date.parse(server.createdAt),
    limitSeconds: server.offlineAfterSeconds,
    lastHeartbeatAt: instant(server.heartbeat.lastHeartbeatAt),
    heardAsOf,
    alerts: server.activeAlerts,
    anomalies: server.activeAnomalies,
    acknowledgement: acknowledgementOf(server),
  }
}

function acknowledgementOf({ statusAcknowledgement: said }: FleetServerFragment): Acknowledgement | null {
  return said && { by: said.by, at: Date.parse(said.at), note: said.note }
}

/** `since` moves with the status only: a new reason for the same status begins nothing. */
function withStatus(row: FleetRow, event: FleetEventFragment): FleetRow {
  const told = { lastHeartbeatAt: instant(event.lastHeartbeatAt) }
  return {
    ...row,
    status: event.to,
    reason: event.reason,
    since: event.to === row.status ? row.since : Date.parse(event.at),
    // An expiry is proved by its last heartbeat. Otherwise a reading may be newer than the event.
    lastHeartbeatAt: event.reason === 'HEARTBEAT_EXPIRED' ? told.lastHeartbeatAt : later(row, told),
    alerts: event.server.activeAlerts,
    anomalies: event.server.activeAnomalies,
    // One that came after this change was told of by the other stream, and overtook it.
    acknowledgement:
      row.acknowledgement && row.acknowledgement.at > Date.parse(event.detectedAt) ? row.acknowledgement : null,
  }
}

function later(a: Pick<FleetRow, 'lastHeartbeatAt'>, b: Pick<FleetRow, 'lastHeartbeatAt'>): number | null {
  if (a.lastHeartbeatAt === null || b.lastHeartbeatAt === null) return a.lastHeartbeatAt ?? b.lastHeartbeatAt
  return Math.max(a.lastHeartbeatAt, b.lastHeartbeatAt)
}
