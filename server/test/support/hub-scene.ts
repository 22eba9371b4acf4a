import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { onTestFinished } from 'vitest'
import type { Server, StatusEvent } from '../../src/core/types.ts'
import { Hub, type HubOptions } from '../../src/hub.ts'
import { ms } from '../../src/store/instant.ts'
import { createServer, type NewServer } from '../../src/store/servers.ts'
import type { Store } from '../../src/store/store.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

/** A database that goes with the test. */
export async function freshDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  return database
}

/** A hub on the database, closed with the test. It does not watch before `hub.watch()`. */
export async function openHub(database: TestDatabase, options: Partial<HubOptions> = {}): Promise<Hub> {
  const errors: unknown[] = []
  const hub = await Hub.open({
    connection: database.connection,
    maxWaitingHeartbeats: 20_000,
    onError: (error) => errors.push(error),
    ...options,
  })
  // Here, when the hub is closed, and not where it arose: nobody would catch it there, and the whole run would end.
  onTestFinished(() => {
    for (const error of errors) throw error
  })
  let open = true
  const close = hub.close.bind(hub)
  hub.close = async () => {
    if (open) await close()
    open = false
  }
  onTestFinished(() => hub.close())
  return hub
}

let named = 0

/** A server with defaults for whatever the test does not care about. */
export function addServer(store: Store, server: Partial<NewServer> = {}): Promise<Server> {
  return createServer(store, {
    name: `server-${++named}`,
    description: '',
    tags: [],
    offlineAfterSeconds: 60,
    tokenHash: randomBytes(32),
    ...server,
  })
}

/** Makes a server's last heartbeat this old, as if time had passed. */
export async function age(pool: pg.Pool, serverId: number, seconds: number): Promise<void> {
  await pool.query(
    `update server_heartbeat set last_heartbeat_at = clock_timestamp() - $2::float8 * interval '1 s' where server_id = $1`,
    [serverId, seconds],
  )
}

/** Everything that was ever said of a server's status, oldest first: `OFFLINE/NEVER_SEEN>ONLINE/HEALTHY`. */
export async function historyOf(store: Store, serverId: number): Promise<string[]> {
  const { rows } = await store.pool.query(
    `select from_status || '/' || from_reason || '>' || to_status || '/' || reason as change
     from status_event where server_id = $1 order by id`,
    [serverId],
  )
  return rows.map((row) => row.change)
}

export async function storedStatus(store: Store, serverId: number) {
  const { rows } = await store.pool.query(
    `select status, status_reason as reason, ${ms('status_since')} as since from server where id = $1`,
    [serverId],
  )
  return rows[0] as { status: string; reason: string; since: number }
}

/** Collects a feed's events as they come. */
export async function listenTo(hub: Hub, after: string | null = null) {
  const feed = await hub.statusFeed.events({}, after)
  onTestFinished(async () => {
    await feed.return()
  })
  return {
    feed,
    /** The next events, this many. */
    async take(count: number): Promise<StatusEvent[]> {
      const events: StatusEvent[] = []
      while (events.length < count) {
        const { value, done } = await feed.next()
        if (done) throw new Error('The feed ended')
        events.push(value)
      }
      return events
    },
  }
}
