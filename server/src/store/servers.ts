import type { Server, ServerChangeKind, ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { CHANNELS } from './channels.ts'
import { resolveAllOf } from './opened.ts'
import { SERVER_COLUMNS, SERVER_TABLES } from './server-row.ts'
import { settle } from './settle.ts'
import { isDuplicate } from './sqlstate.ts'
import type { Store } from './store.ts'
import { inTransaction, type Queryable } from './transaction.ts'

export { findServerByMachineId, findServers } from './server-row.ts'

export interface NewServer {
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  readonly offlineAfterSeconds: number
  readonly tokenHash: Buffer
  /** Given where the server stands for the machine that the hub runs on. */
  readonly machineId?: string
}

export type ServerChanges = Partial<
  Pick<Server, 'name' | 'description' | 'tags' | 'offlineAfterSeconds' | 'alertLimits'>
>

/** Creates a server and its heartbeat row; it waits for its first heartbeat. @throws Refusal CONFLICT for a name in use */
export function createServer(store: Store, server: NewServer): Promise<Server> {
  return orNameConflict(
    inTransaction(store.pool, async (tx) => {
      const { rows } = await tx.query<{ id: ServerId }>(
        `insert into server (name, description, tags, offline_after_seconds, agent_token_hash, machine_id)
         values ($1, $2, $3::text[], $4, $5, $6) returning id`,
        [
          server.name,
          server.description,
          server.tags,
          server.offlineAfterSeconds,
          server.tokenHash,
          server.machineId ?? null,
        ],
      )
      const id = (rows[0] as { id: ServerId }).id
      await tx.query('insert into server_heartbeat (server_id) values ($1)', [id])
      return finish(tx, id, 'CREATED')
    }),
  )
}

/** @throws Refusal SERVER_NOT_FOUND, or CONFLICT for a name in use */
export function updateServer(store: Store, id: ServerId, changes: ServerChanges): Promise<Server> {
  return orNameConflict(
    inTransaction(store.pool, async (tx) => {
      await lockServer(tx, id)
      await tx.query(
        `update server set name = coalesce($2, name), description = coalesce($3, description),
           tags = coalesce($4::text[], tags), offline_after_seconds = coalesce($5::int, offline_after_seconds),
           alert_limits = alert_limits || coalesce($6::jsonb, '{}')
         where id = $1`,
        [
          id,
          changes.name ?? null,
          changes.description ?? null,
          changes.tags ?? null,
          changes.offlineAfterSeconds ?? null,
          changes.alertLimits ? JSON.stringify(changes.alertLimits) : null,
        ],
      )
      if (changes.offlineAfterSeconds !== undefined) await settleMoved(tx, id)
      return finish(tx, id, 'UPDATED')
    }),
  )
}

/** A suspended server is shown grey and notifies nobody; its heartbeats are stored all the same. @throws Refusal SERVER_NOT_FOUND */
export function setSuspended(store: Store, id: ServerId, suspended: boolean): Promise<Server> {
  return inTransaction(store.pool, async (tx) => {
    await lockServer(tx, id)
    await tx.query('update server set suspended = $2 where id = $1', [id, suspended])
    await settleMoved(tx, id)
    return finish(tx, id, 'UPDATED')
  })
}

/** Deletes softly, so that its events still name it; its heartbeat row goes, so that it is unknown to agents. @throws Refusal SERVER_NOT_FOUND */
export async function deleteServer(store: Store, id: ServerId): Promise<void> {
  await inTransaction(store.pool, async (tx) => {
    await lockServer(tx, id)
    await tx.query('delete from server_heartbeat where server_id = $1', [id])
    for (const table of ['farewell', 'heartbeat_rhythm', 'top_processes', 'availability_sum']) {
      await tx.query(`delete from ${table} where server_id = $1`, [id])
    }
    for (const name of ['alert', 'anomaly'] as const) await resolveAllOf(tx, name, id, 'server deleted')
    await tx.query('update server set deleted_at = statement_timestamp() where id = $1', [id])
    await notify(tx, CHANNELS.access, '')
    await finish(tx, id, 'DELETED')
  })
  store.credentialsChanged()
}

/** Replaces the agent's token: the old one is refused from now on. @throws Refusal SERVER_NOT_FOUND */
export async function setAgentTokenHash(store: Store, id: ServerId, hash: Buffer): Promise<Server> {
  const answer = await inTransaction(store.pool, async (tx) => {
    await lockServer(tx, id)
    await tx.query('update server set agent_token_hash = $2 where id = $1', [id, hash])
    await notify(tx, CHANNELS.access, '')
    return finish(tx, id, 'UPDATED')
  })
  store.credentialsChanged()
  return answer
}

/**
 * Locks the server's heartbeat row: whoever changes what a status depends on does this first, so that judgements and
 * heartbeats wait for it, or it for them.
 *
 * @throws Refusal SERVER_NOT_FOUND
 */
export async function lockServer(tx: Queryable, id: ServerId): Promise<void> {
  const { rows } = await tx.query('select 1 from server_heartbeat where server_id = $1 for update', [id])
  if (rows.length === 0) throw new Refusal('SERVER_NOT_FOUND', 'No server has this id.')
}

async function settleMoved(tx: Queryable, id: ServerId): Promise<void> {
  await settle(tx, [id], 'moved-deadline')
  await notify(tx, CHANNELS.deadline, String(id))
}

/** Marks the server as changed, tells of it, and answers it. */
export async function finish(tx: Queryable, id: ServerId, kind: ServerChangeKind): Promise<Server> {
  await tx.query('update server set updated_at = statement_timestamp() where id = $1', [id])
  await notify(tx, CHANNELS.server, `${kind} ${id}`)
  const { rows } = await tx.query<Server>(`select ${SERVER_COLUMNS} from ${SERVER_TABLES} where s.id = $1`, [id])
  return rows[0] as Server
}

async function notify(tx: Queryable, channel: string, payload: string): Promise<void> {
  await tx.query('select pg_notify($1, $2)', [channel, payload])
}

async function orNameConflict<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!isDuplicate(error, 'server_name_key')) throw error
    throw new Refusal('CONFLICT', 'Another server has this name.', { field: 'input.name' })
  }
}
