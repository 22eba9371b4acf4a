import { Migrator } from '@mikro-orm/migrations'
import { MikroORM, PostgreSqlDriver } from '@mikro-orm/postgresql'
import pg from 'pg'
import { First } from './migrations/2026-11-24-first.ts'
import { FarewellsAndRhythm } from './migrations/2026-11-25-farewells-and-rhythm.ts'
import { HeardUntil } from './migrations/2026-11-25-heard-until.ts'
import { HubFigures } from './migrations/2026-11-25-hub-figures.ts'
import { HubWriter } from './migrations/2026-11-25-hub-writer.ts'
import { MetricOpenHours } from './migrations/2026-11-25-metric-open-hours.ts'
import { MetricRollups } from './migrations/2026-11-25-metric-rollups.ts'
import { Metrics } from './migrations/2026-11-25-metrics.ts'
import { StatusAcknowledgement } from './migrations/2026-11-25-status-acknowledgement.ts'
import { StatusHistory } from './migrations/2026-11-25-status-history.ts'
import { TopProcesses } from './migrations/2026-11-25-top-processes.ts'
import { WriteHeartbeats } from './migrations/2026-11-25-write-heartbeats.ts'
import { AvailabilitySums } from './migrations/2026-11-26-availability-sums.ts'
import { HeartbeatRoom } from './migrations/2026-11-26-heartbeat-room.ts'
import { OpenedChanges } from './migrations/2026-11-26-opened-changes.ts'
import { Tidying } from './migrations/2026-11-26-tidying.ts'
import { ormDialect } from './orm-dialect.ts'
import type { DatabaseConnection } from './pool.ts'
import { ENTITIES } from './store.ts'

const MIGRATIONS = [
  { name: '2026-11-24-first', class: First },
  { name: '2026-11-25-metrics', class: Metrics },
  { name: '2026-11-25-status-acknowledgement', class: StatusAcknowledgement },
  { name: '2026-11-25-status-history', class: StatusHistory },
  { name: '2026-11-25-hub-figures', class: HubFigures },
  { name: '2026-11-25-farewells-and-rhythm', class: FarewellsAndRhythm },
  { name: '2026-11-25-hub-writer', class: HubWriter },
  { name: '2026-11-25-metric-rollups', class: MetricRollups },
  { name: '2026-11-25-write-heartbeats', class: WriteHeartbeats },
  { name: '2026-11-25-top-processes', class: TopProcesses },
  { name: '2026-11-25-heard-until', class: HeardUntil },
  { name: '2026-11-25-metric-open-hours', class: MetricOpenHours },
  { name: '2026-11-26-availability-sums', class: AvailabilitySums },
  { name: '2026-11-26-heartbeat-room', class: HeartbeatRoom },
  { name: '2026-11-26-tidying', class: Tidying },
  { name: '2026-11-26-opened-changes', class: OpenedChanges },
]

/** Any number that no other program uses as an advisory lock: 'ssmi' in ASCII. */
const MIGRATION_LOCK = 0x73736d69

/**
 * Brings the tables up to date. Hubs that start together wait for one another.
 *
 * @returns the names of the migrations that ran.
 */
export async function migrate(connection: DatabaseConnection): Promise<string[]> {
  const pool = new pg.Pool({ ...connection, application_name: 'stacksense migrate', max: 3 })
  // A lost connection shows in what is asked of it next; an error that nobody heard would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  const orm = await MikroORM.init({
    driver: PostgreSqlDriver,
    entities: ENTITIES,
    dbName: await nameOf(pool), // the migrator makes a database of this name where it finds none
    driverOptions: ormDialect(pool),
    ensureDatabase: false,
    extensions: [Migrator],
    migrations: { migrationsList: MIGRATIONS, snapshot: false, silent: true },
  })
  const lock = await pool.connect()
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    const ran = await orm.migrator.up()
    return ran.map((migration) => migration.name)
  } finally {
    lock.release(true)
    await orm.close()
    if (!pool.ended) await pool.end()
  }
}

async function nameOf(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ name: string }>('select current_database() as name')
  return (rows[0] as { name: string }).name
}
