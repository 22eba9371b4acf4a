/**
 * Several hubs on one PostgreSQL, on one machine and without containers, to try out what a cluster does:
 *
 *   npm run build && npm run cluster            # 3 hubs; behind HAProxy where that is installed
 *   HUBS=5 PORT=8000 npm run cluster            # 5 hubs; the balancer at 8000, the hubs at 8001 to 8005
 *   DATABASE_URL=postgres://... npm run cluster # on your PostgreSQL instead of one of its own
 *
 * SIGHUP restarts the hubs one after another. SIGINT and SIGTERM end everything in order.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { chooseDataDir } from '../server/src/database/data-dir.ts'
import { openEmbedded } from '../server/src/database/embedded.ts'
import type { OpenDatabase } from '../server/src/database/open.ts'

const MAIN = fileURLToPath(new URL('../server/dist/main.js', import.meta.url))
const CONFIG = fileURLToPath(new URL('haproxy.cfg', import.meta.url))
/** A hub that ends by itself is started again after this time. */
const RESTART_MS = 1_000

/** What a hub takes at most, and what others may need beside them. */
const CONNECTIONS = 15
const SPARE_CONNECTIONS = 10

const hubs = Number(process.env.HUBS ?? 3)
const port = Number(process.env.PORT ?? 4000)
const say = (line: string) => void process.stdout.write(`${line}\n`)

const folder = chooseDataDir({ chosen: process.env.STACKSENSE_DATA_DIR ?? '.stacksense-cluster', embedded: true })
const token = adminToken(join(folder, 'admin-token'))
const database = process.env.DATABASE_URL ? undefined : await openOwn()
const databaseUrl = database ? urlOf(database.connection) : (process.env.DATABASE_URL as string)
const running: { child: ChildProcess | undefined; readonly number: number }[] = []
let isStopping = false

let balancer: ChildProcess | undefined
// From the first hub on: none of them may be left behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stopAll())
for (let number = 1; number <= hubs; number++) await startHub(number)
balancer = startBalancer()
say('')
say(`Hubs at ${running.map(({ number }) => `http://127.0.0.1:${port + number}`).join(', ')}`)
say(balancer ? `Behind HAProxy at http://127.0.0.1:${port}` : 'HAProxy is not installed: give agents all addresses.')
say(`The admin token is in ${join(folder, 'admin-token')}`)
process.on('SIGHUP', () => void restartAll())

/** Resolves when it is ready, or has ended. */
async function startHub(number: number): Promise<void> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      PORT: String(port + number),
      STACKSENSE_HOST: '127.0.0.1',
      STACKSENSE_PUBLIC_URL: `http://127.0.0.1:${port}`,
      STACKSENSE_HUB_NAME: `hub-${number}`,
      STACKSENSE_DATA_DIR: join(folder, `hub-${number}`),
      STACKSENSE_BOOTSTRAP_TOKEN: token,
      STACKSENSE_LOCAL_AGENT: String(number === 1),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true, // Ctrl-C is ours to pass on
  })
  const hub = running.find((candidate) => candidate.number === number)
  if (hub) hub.child = child
  else running.push({ number, child })
  child.once('exit', () => void restart(number, child))
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  await new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (line) say(`hub-${number}: ${line}`)
      if (line.includes(' is ready at ')) resolve()
    })
    child.once('exit', () => resolve())
  })
}

/** As a service manager would. */
async function restart(number: number, ended: ChildProcess): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, RESTART_MS))
  const hub = running.find((candidate) => candidate.number === number)
  if (!isStopping && hub?.child === ended) await startHub(number)
}

async function restartAll(): Promise<void> {
  for (const hub of running) {
    const { child } = hub
    hub.child = undefined // it is not to be started again by whoever sees its end
    await end(child)
    await startHub(hub.number)
  }
}

function startBalancer(): ChildProcess | undefined {
  if (spawnSync('haproxy', ['-v'], { stdio: 'ignore' }).status !== 0) return undefined
  const servers = running.map(({ number }) => `    server hub-${number} 127.0.0.1:${port + number}\n`)
  const config = readFileSync(CONFIG, 'utf8')
    .replace(/^ +server .*\n/gm, '')
    .replace('maxconn 200000', 'maxconn 4000')
    .replace('bind :4000', `bind 127.0.0.1:${port}`)
  const path = join(folder, 'haproxy.cfg')
  writeFileSync(path, config + servers.join(''))
  return spawn('haproxy', ['-W', '-f', path], { stdio: 'inherit', detached: true })
}

async function stopAll(): Promise<void> {
  isStopping = true
  await end(balancer)
  await Promise.all(running.map(({ child }) => end(child)))
  await database?.stop()
  process.exit(0)
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

/** The PostgreSQL that npm brings, with room for all hubs. */
function openOwn(): Promise<OpenDatabase> {
  const settings = { max_connections: String(CONNECTIONS * hubs + SPARE_CONNECTIONS) }
  return openEmbedded({ dataDir: folder, log: say, settings })
}

function adminToken(file: string): string {
  mkdirSync(resolve(file, '..'), { recursive: true })
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}

function urlOf({ host, user, database: name }: OpenDatabase['connection']): string {
  return `postgres://${user}@localhost/${name}?host=${encodeURIComponent(host ?? '')}`
}
