import { randomBytes, randomUUID } from 'node:crypto'
import { type EntityManager, MikroORM, PostgreSqlDriver } from '@mikro-orm/postgresql'
import type pg from 'pg'
import { ApiTokenEntity, PageSessionEntity, SignInCodeEntity } from './entities/access.entity.ts'
import { AlertEntity, AnomalyEntity } from './entities/alert.entity.ts'
import { MetricSampleEntity } from './entities/metric-sample.entity.ts'
import { HubObservationEntity, ObservationGapEntity, ObservationStampEntity } from './entities/observation.entity.ts'
import { ServerEntity, ServerHeartbeatEntity } from './entities/server.entity.ts'
import { StatusEventEntity, StatusFeedEntity } from './entities/status-event.entity.ts'
import { ormDialect } from './orm-dialect.ts'
import { type DatabaseConnection, openPool, openWatchPool, openWriterPool } from './pool.ts'
import { reachable } from './transaction.ts'

export const ENTITIES = [
  ServerEntity,
  ServerHeartbeatEntity,
  StatusEventEntity,
  StatusFeedEntity,
  AlertEntity,
  AnomalyEntity,
  MetricSampleEntity,
  ObservationGapEntity,
  ObservationStampEntity,
  HubObservationEntity,
  ApiTokenEntity,
  PageSessionEntity,
  SignInCodeEntity,
]

/**
 * The open database: one pool that MikroORM and the plain statements share, one for what must not wait behind them, and the
 * group-commit writer's own connection. Everything that reads or writes takes it as its first argument.
 */
export class Store {
  /** This hub among those that share the database; a new one at each start. */
  readonly hubId = randomUUID()
  readonly #forgetters = new Set<() => void>()

  private constructor(
    readonly connection: DatabaseConnection,
    readonly pool: pg.Pool,
    readonly watch: pg.Pool,
    readonly writer: pg.Pool,
    readonly orm: MikroORM,
    /** Tells this feed's cursors from those of another database, or of one restored from a backup. */
    readonly feedEpoch: string,
  ) {}

  /** Opens a database whose tables are up to date; see `migrate`. */
  static async open(connection: DatabaseConnection): Promise<Store> {
    const pool = openPool(connection)
    const watch = openWatchPool(connection)
    const writer = openWriterPool(connection)
    try {
      const orm = await MikroORM.init({
        driver: PostgreSqlDriver,
        entities: ENTITIES,
        dbName: 'stacksense', // a label only: the pool below is already connected to the right database
        driverOptions: ormDialect(pool),
        ensureDatabase: false,
      })
      return new Store(connection, pool, watch, writer, orm as unknown as MikroORM, await feedEpoch(pool))
    } catch (error) {
      await Promise.all([pool.end(), watch.end(), writer.end()])
      throw error
    }
  }

  /** A fresh unit of work. */
  em(): EntityManager {
    return this.orm.em.fork()
  }

  /** Calls back when whatever is remembered of credentials is void. */
  onCredentialsChanged(forget: () => void): void {
    this.#forgetters.add(forget)
  }

  /**
   * Credentials were changed: by this hub, which must not wait for its own notification before it answers, or by another.
   */
  credentialsChanged(): void {
    for (const forget of this.#forgetters) forget()
  }

  async close(): Promise<void> {
    await this.orm.close()
    await Promise.all([this.pool.ended ? undefined : this.pool.end(), this.watch.end(), this.writer.end()])
  }
}

/**
 * The feed's epoch; renewed when the tables are found in another database than the one that they were written in
 * (a restored dump, a copied template) or on a later timeline (a restored base backup, a promoted replica), because
 * event ids that were given out before may be given out again.
 */
function feedEpoch(pool: pg.Pool): Promise<string> {
  return reachable(async () => {
    const { rows } = await pool.query<{ epoch: string }>(
      `with here as (
         select concat_ws('.', s.system_identifier, c.timeline_id, d.oid) as origin
         from pg_control_system() s, pg_control_checkpoint() c, pg_database d
         where d.datname = current_database()
       )
       insert into status_feed (epoch, origin) select $1, origin from here
       on conflict (singleton) do update set
         epoch = case when status_feed.origin = excluded.origin then status_feed.epoch else excluded.epoch end,
         origin = excluded.origin
       returning epoch`,
      [randomBytes(4).toString('hex')],
    )
    return rows[0]?.epoch as string
  })
}
