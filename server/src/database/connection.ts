/** How to reach PostgreSQL; passed to `pg.Pool` and to `pg.Client` alike. */
export interface DatabaseConnection {
  readonly connectionString?: string
  /** A host name, or the folder of a Unix socket. */
  readonly host?: string
  readonly port?: number
  readonly user?: string
  readonly password?: string
  readonly database?: string
  /** False for the embedded database, so that a stray PGSSLMODE in the environment does not apply to it. */
  readonly ssl?: false
}

export interface OpenDatabase {
  readonly connection: DatabaseConnection
  readonly embedded: boolean
  /** Ends the embedded PostgreSQL after its last write; a PostgreSQL of somebody else's is left alone. */
  stop(): Promise<void>
}
