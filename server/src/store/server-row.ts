import type { Instant, Server, ServerId } from '../core/types.ts'
import { ms } from './instant.ts'
import type { Store } from './store.ts'
import { reachable } from './transaction.ts'

/** A server as lists show it: of ten thousand, what nobody looks at there costs as much again. */
export type ListedServer = Omit<
  Server,
  'description' | 'updatedAt' | 'deletedAt' | 'agentVersion' | 'bootId' | 'agentStartedAt' | 'alertLimits'
>

/** The columns of `ListedServer`, by its property names, from `server s join server_heartbeat h` (h may be missing). */
export const LISTED_COLUMNS = `
  s.id, s.name, s.tags, s.offline_after_seconds as "offlineAfterSeconds", s.suspended,
  s.status, s.status_reason as "statusReason", ${ms('s.status_since')} as "statusSince",
  ${ms('s.created_at')} as "createdAt", ${ms('h.last_heartbeat_at')} as "lastHeartbeatAt",
  case when s.acknowledged_at is not null then json_build_object(
    'at', ${ms('s.acknowledged_at')}, 'by', s.acknowledged_by, 'note', s.acknowledge_note) end as "statusAcknowledgement"`

/** The columns of `Server`, in the same way. */
export const SERVER_COLUMNS = `${LISTED_COLUMNS},
  s.description, ${ms('s.updated_at')} as "updatedAt", ${ms('s.deleted_at')} as "deletedAt",
  h.agent_version as "agentVersion", h.boot_id as "bootId", ${ms('h.agent_started_at')} as "agentStartedAt",
  s.alert_limits as "alertLimits"`

/** A deleted server has no heartbeat row any more. */
export const SERVER_TABLES = 'server s left join server_heartbeat h on h.server_id = s.id'

/** Servers by id, deleted ones too: events outlive their server. */
export async function findServers(store: Store, ids: readonly ServerId[]): Promise<Map<ServerId, Server>> {
  const { rows } = await reachable(() =>
    store.pool.query<Server>(`select ${SERVER_COLUMNS} from ${SERVER_TABLES} where s.id = any($1::int[])`, [ids]),
  )
  return new Map(rows.map((server) => [server.id, server]))
}

/** The server that stands for this machine. */
export async function findServerByMachineId(store: Store, machineId: string): Promise<Server | undefined> {
  const { rows } = await reachable(() =>
    store.pool.query<Server>(
      `select ${SERVER_COLUMNS} from ${SERVER_TABLES} where s.machine_id = $1 and s.deleted_at is null`,
      [machineId],
    ),
  )
  return rows[0]
}

/** Names of the servers that are not deleted. */
export async function findNames(store: Store, ids: readonly ServerId[]): Promise<Map<ServerId, string>> {
  const { rows } = await reachable(() =>
    store.pool.query<{ id: ServerId; name: string }>(
      'select id, name from server where id = any($1::int[]) and deleted_at is null',
      [ids],
    ),
  )
  return new Map(rows.map((row) => [row.id, row.name]))
}

/** The database's clock. */
export async function readNow(store: Store): Promise<Instant> {
  const { rows } = await reachable(() => store.pool.query<{ now: Instant }>(`select ${ms('clock_timestamp()')} as now`))
  return (rows[0] as { now: Instant }).now
}
