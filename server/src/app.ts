import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { Authenticator } from './access/authenticator.ts'
import { prepareAccess, writeHubFile } from './access/first-start.ts'
import { AccessRules } from './access/permissions.ts'
import type { Config } from './config.ts'
import { chooseDataDir } from './database/data-dir.ts'
import { type OpenDatabase, openDatabase } from './database/open.ts'
import { createApollo } from './graphql/apollo.ts'
import type { Services } from './graphql/context.ts'
import { createSchema } from './graphql/schema.ts'
import { Arrivals } from './http/arrivals.ts'
import { closeHttp, createHttp, listen, localUrl } from './http/listen.ts'
import { Hub } from './hub.ts'
import { startLocalAgent } from './local-agent.ts'
import { tokenLookUp } from './store/api-tokens.ts'
import { migrate } from './store/migrate.ts'
import { findSession } from './store/sessions.ts'
import { VERSION } from './version.ts'

/** The web build, beside `server/` in the repository and in an installed copy alike. */
const WEB_ROOT = fileURLToPath(new URL('../../web/dist', import.meta.url))

export interface RunningApp {
  /** Where people and agents find it. */
  readonly url: string
  /** Opens the page once, for whoever started the program. */
  readonly signInLink: string
  stop(): Promise<void>
}

/** Something that was opened and is closed in the reverse order. */
type Closer = () => Promise<void>

/**
 * Starts everything, from the database to the page, in the order in which each part needs the one before.
 *
 * @param tell prints one line of progress for people.
 * @throws StartError with one clear sentence where the surroundings do not allow it; whatever was opened is closed.
 */
export async function startApp(config: Config, tell: (line: string) => void, log: Logger): Promise<RunningApp> {
  const closers: Closer[] = []
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  try {
    return await open(config, tell, log, closers, stop)
  } catch (error) {
    await stop().catch((failure: unknown) => log.error({ err: failure }, 'Closing after a failed start failed.'))
    throw error
  }
}

async function open(
  config: Config,
  tell: (line: string) => void,
  log: Logger,
  closers: Closer[],
  stop: Closer,
): Promise<RunningApp> {
  const dataDir = chooseDataDir({ chosen: config.dataDir, embedded: config.databaseUrl === undefined })
  const database = await openDatabase({ databaseUrl: config.databaseUrl, dataDir, log: tell })
  closers.push(() => database.stop())
  await bringUpToDate(database, tell)

  const hub = await openHub(config, database, log)
  closers.push(() => hub.close())
  const access = await prepareAccess(hub.store, { dataDir, bootstrapToken: config.bootstrapToken })
  if (access.adminTokenFile) tell(`The admin token is in ${access.adminTokenFile}`)

  const { http, authenticator } = await openHttp(config, hub, log)
  const arrivals = new Arrivals(http.server, () => authenticator.settled())
  closers.push(() => closeHttp(http))
  await hub.announce(() => arrivals.read())
  const port = await listen(http, config)
  await hub.watch(config.hubName ?? `${hostname()}:${port}`)
  // Before the port closes, which waits for slow senders: who cannot reach us must not be judged.
  closers.push(() => hub.unwatch())

  const here = localUrl({ host: config.host, port })
  const url = config.publicUrl ?? here.replace('//127.0.0.1:', '//localhost:')
  await writeHubFile(dataDir, { url: here, token: access.localToken })
  if (config.localAgent) {
    const agent = await startLocalAgent({ store: hub.store, dataDir, url: here, log })
    closers.push(() => agent.stop())
  }
  return { url, signInLink: `${url}/sign-in#code=${access.signInCode}`, stop }
}

/**
 * Brings the tables of this database up to date and does nothing else; each start of a hub does it too.
 *
 * @returns the names of the steps that ran. @throws StartError with one clear sentence where it cannot be reached.
 */
export async function migrateDatabase(databaseUrl: string): Promise<string[]> {
  const database = await openDatabase({ databaseUrl, dataDir: '', log: () => undefined })
  try {
    return await migrate(database.connection)
  } finally {
    await database.stop()
  }
}

async function bringUpToDate(database: OpenDatabase, tell: (line: string) => void): Promise<void> {
  const ran = await migrate(database.connection)
  if (ran.length > 0) tell(`The database is prepared (${ran.length} ${ran.length === 1 ? 'step' : 'steps'}).`)
}

function openHub(config: Config, database: OpenDatabase, log: Logger): Promise<Hub> {
  return Hub.open({
    connection: database.connection,
    maxWaitingHeartbeats: config.maxWaitingHeartbeats,
    retention: config.retention,
    version: VERSION,
    onError: (err) => log.error({ err }, 'The hub ran into trouble and goes on.'),
    onGap: ({ from, until, cause }) =>
      log.warn(
        { cause, seconds: (until - from) / 1_000 },
        'We could not observe for a while; nobody is judged for it.',
      ),
    onLeadership: (leads) => log.info(leads ? 'This hub leads.' : 'This hub does not lead any more.'),
  })
}

async function openHttp(config: Config, hub: Hub, log: Logger) {
  const { store } = hub
  const authenticator = new Authenticator(
    { findByTokenHash: tokenLookUp(store), findSession: (hash) => findSession(store, hash) },
    { hearsChanges: () => hub.listens },
  )
  hub.onCredentialsChanged(() => authenticator.forget())
  if (config.openIngest) log.warn('STACKSENSE_OPEN_INGEST is on: anybody can report heartbeats for any server.')

  const services: Services = {
    store,
    writer: hub.writer,
    samples: hub.samples,
    rhythm: hub.rhythm,
    retention: hub.retention,
    statusFeed: hub.statusFeed,
    changeFeed: hub.changeFeed,
    access: new AccessRules({ openIngest: config.openIngest }),
    log: (err) => log.error({ err }, 'A defect.'),
  }
  const schema = await createSchema()
  const apollo = createApollo(schema, services)
  const figures = hub.figures.of(hub)
  const http = await createHttp({ config, services, apollo, schema, authenticator, figures, webRoot: WEB_ROOT, log })
  return { http, authenticator }
}
