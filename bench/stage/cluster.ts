import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { chooseDataDir } from '../../server/src/database/data-dir.ts'
import { openEmbedded } from '../../server/src/database/embedded.ts'
import { cpuMsOfFamily } from './cpu-time.ts'

/** `postgres`: STACKSENSE_BENCH_DATABASE_URL, else a fresh one of Debian's. `embedded`: a fresh one of npm's. */
export type ClusterKind = 'postgres' | 'embedded'

/** A PostgreSQL that holds databases for parts. */
export interface Cluster {
  /** `PostgreSQL 15.14`, `embedded PostgreSQL 18.4`. */
  readonly name: string
  /** Where its programs lie (pgbench, …); undefined where they are not known. */
  readonly binDir: string | undefined
  /** A new, empty database. */
  newDatabase(): Promise<Database>
  /** CPU time of all its processes since their start; undefined where it runs elsewhere. */
  cpuMs(): number | undefined
  stop(): Promise<void>
}

export interface Database {
  readonly url: string
  /** For set-up and for reading figures. */
  readonly client: pg.Client
  drop(): Promise<void>
}

interface Reached {
  /** The address of any of its databases. */
  readonly url: URL
  readonly label: string
  readonly binDir?: string
  /** Where its processes stand; undefined where it runs elsewhere. */
  readonly dataDir?: string
  readonly stop: () => Promise<void>
}

/** Opens a PostgreSQL of this kind, with its own defaults; undefined where this machine has none. */
export async function openCluster(kind: ClusterKind): Promise<Cluster | undefined> {
  const reached = kind === 'embedded' ? await reachEmbedded() : await reachPostgres()
  if (!reached) return undefined
  const { url, label, binDir, dataDir, stop } = reached
  const version = await withClient(url, async (client) => (await client.query('show server_version')).rows[0])
  return {
    name: `${label} ${String(version.server_version).split(' ')[0]}`,
    binDir,
    newDatabase: () => newDatabase(url),
    cpuMs: () => (dataDir === undefined ? undefined : cpuMsOfFamily(postmasterPid(dataDir))),
    stop,
  }
}

async function reachPostgres(): Promise<Reached | undefined> {
  const given = process.env.STACKSENSE_BENCH_DATABASE_URL
  if (given) return { url: new URL(given), label: 'PostgreSQL', stop: async () => undefined }
  return reachDebian()
}

const DEBIAN = '/usr/lib/postgresql'

/** Debian's newest, in a folder of its own and with Debian's settings: durable, nothing tuned. */
async function reachDebian(): Promise<Reached | undefined> {
  const version = existsSync(DEBIAN) ? readdirSync(DEBIAN).map(Number).filter(Number.isFinite).sort().at(-1) : undefined
  if (version === undefined) return undefined
  const binDir = join(DEBIAN, String(version), 'bin')
  const folder = mkdtempSync(join(tmpdir(), 'ss-bench-'))
  chmodSync(folder, 0o755)
  const isRoot = process.getuid?.() === 0
  if (isRoot) chownSync(folder, ...idsOf('postgres'))
  const run = (program: string, ...parameters: string[]) => {
    const [command = '', ...rest] = [
      ...(isRoot ? ['runuser', '-u', 'postgres', '--'] : []),
      join(binDir, program),
      ...parameters,
    ]
    execFileSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'], cwd: '/' })
  }
  const dataDir = join(folder, 'data')
  const options = `-c listen_addresses='' -c unix_socket_directories=${folder} -c unix_socket_permissions=0777`
  run('initdb', '-D', dataDir, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8')
  run('pg_ctl', '-D', dataDir, '-w', '-l', join(folder, 'log'), '-o', options, 'start')
  const stop = async () => {
    run('pg_ctl', '-D', dataDir, '-w', '-m', 'immediate', 'stop')
    rmSync(folder, { recursive: true, force: true })
  }
  return { url: socketUrl('postgres', 'postgres', folder), label: 'PostgreSQL', binDir, dataDir, stop }
}

async function reachEmbedded(): Promise<Reached> {
  const folder = mkdtempSync(join(tmpdir(), 'ss-bench-'))
  chmodSync(folder, 0o711)
  const dataDir = chooseDataDir({ chosen: join(folder, 'data'), embedded: true })
  const { connection, stop } = await openEmbedded({ dataDir, log: () => undefined })
  const { user = '', database = '', host = '' } = connection
  return {
    url: socketUrl(user, database, host),
    label: 'embedded PostgreSQL',
    dataDir: join(dataDir, 'postgres/cluster'),
    stop: async () => {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function socketUrl(user: string, database: string, host: string): URL {
  return new URL(`postgresql://${user}@localhost/${database}?host=${encodeURIComponent(host)}`)
}

async function newDatabase(cluster: URL): Promise<Database> {
  const name = `stacksense_bench_${randomBytes(4).toString('hex')}`
  await withClient(cluster, (client) => client.query(`create database ${name}`))
  const url = new URL(cluster)
  url.pathname = `/${name}`
  const client = new pg.Client({ connectionString: url.href })
  client.on('error', () => undefined)
  await client.connect()
  return {
    url: url.href,
    client,
    drop: async () => {
      await client.end()
      await withClient(cluster, (admin) => admin.query(`drop database if exists ${name} with (force)`))
    },
  }
}

async function withClient<T>(url: URL, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function postmasterPid(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0])
}

function idsOf(user: string): [uid: number, gid: number] {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`))
  const [, , uid, gid] = (line ?? '').split(':').map(Number)
  if (uid === undefined || gid === undefined) throw new Error(`This machine has no user ${user}`)
  return [uid, gid]
}
