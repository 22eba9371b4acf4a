import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../figures.ts'
import type { Part } from '../part.ts'
import { table } from '../results.ts'
import { cpuMsOf } from '../stage/cpu-time.ts'
import { type Beats, restBeats } from '../stage/heartbeats.ts'
import { type Ingest, withIngest } from '../stage/ingest.ts'
import { requestBytes } from '../stage/load.ts'
import { type Metered, runMetered } from '../stage/metered-load.ts'

const SERVERS = 10_000
const CONNECTIONS = 200
const ROUNDS = 3

/**
 * etcd answers the same question with leases: a server keeps its lease alive, and whoever watches hears when it ends. A
 * kept lease is in its leader's memory alone, so both are told: that, and a write of a key under the lease, which is on
 * disk when it is answered, as our heartbeats are.
 */
export const peer: Part = {
  key: 'peer',
  title: 'Beside etcd: leases kept alive, and keys written',
  onlyByName: true,
  run: (bench) =>
    withIngest(bench, 'postgres', SERVERS, async (ingest) => {
      const etcd = await startEtcd()
      try {
        const ttl = { TTL: '86400' }
        const leases: string[] = []
        for (let id = 1; id <= SERVERS; id++) leases.push((await etcd.call('/v3/lease/grant', { ...ttl, ID: id })).ID)
        const rounds: Round[] = []
        for (let i = 0; i < ROUNDS; i++) rounds.push(await oneRound(ingest, etcd, leases))
        return report(ingest.cluster.name, etcd.version, rounds)
      } finally {
        await etcd.stop()
      }
    }),
}

interface Round {
  readonly own: Metered
  readonly lease: Metered
  readonly put: Metered
}

async function oneRound({ hub, fleet, meters }: Ingest, etcd: Etcd, leases: readonly string[]): Promise<Round> {
  const run = (url: string, beats: Beats, of: typeof meters) =>
    runMetered({ ...beats, url, connections: CONNECTIONS, warmUpMs: 1_000, measureMs: 3_000 }, of)
  const ofEtcd = { hub: () => etcd.cpuMs() }
  return {
    own: await run(hub.url, restBeats(fleet), meters),
    lease: await run(etcd.url, keptAlive(leases), ofEtcd),
    put: await run(etcd.url, written(leases), ofEtcd),
  }
}

function keptAlive(leases: readonly string[]): Beats {
  const requests = leases.map((ID) => requestBytes('/v3/lease/keepalive', 'none', JSON.stringify({ ID })))
  return { next: inTurn(requests), accepts: '"TTL"' }
}

function written(leases: readonly string[]): Beats {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const requests = leases.map((lease) => {
    const body = { key: base64(`server/${lease}`), value: base64('1.0.0'), lease }
    return requestBytes('/v3/kv/put', 'none', JSON.stringify(body))
  })
  return { next: inTurn(requests), accepts: '"revision"' }
}

function inTurn(requests: readonly Buffer[]): () => Buffer {
  let sent = 0
  return () => requests[sent++ % requests.length] as Buffer
}

interface Etcd {
  readonly url: string
  readonly version: string
  call(path: string, body: object): Promise<{ ID: string }>
  cpuMs(): number
  stop(): Promise<void>
}

async function startEtcd(): Promise<Etcd> {
  const folder = mkdtempSync(join(tmpdir(), 'ss-etcd-'))
  const program = findEtcd(folder)
  const [url, peerUrl] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`]
  const version = /etcd Version: (\S+)/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[1] ?? ''
  const child = spawn(
    program,
    [
      ...['--data-dir', join(folder, 'data'), '--log-level', 'error'],
      ...['--listen-client-urls', url, '--advertise-client-urls', url],
      ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
      ...['--initial-cluster', `default=${peerUrl}`],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const exited = once(child, 'exit')
  const call = async (path: string, body: object) => {
    const response = await fetch(url + path, { method: 'POST', body: JSON.stringify(body) })
    return (await response.json()) as { ID: string }
  }
  const stop = async () => {
    child.kill('SIGTERM')
    await exited
    rmSync(folder, { recursive: true, force: true })
  }
  for (let tries = 0; ; tries++) {
    const up = await call('/v3/kv/range', { key: 'AA==' }).catch(() => undefined)
    if (up) return { url, version, call, cpuMs: () => cpuMsOf(child.pid as number), stop }
    if (tries === 100) throw new Error('etcd does not answer')
    await sleep(100)
  }
}

/** The machine's own, else Debian's package, unpacked beside its data: nothing is installed. */
function findEtcd(folder: string): string {
  const own = (process.env.PATH ?? '').split(':').map((place) => join(place, 'etcd'))
  const found = own.find((path) => existsSync(path))
  if (found) return found
  execFileSync('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', 'etcd-server'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const archive = readdirSync(folder).find((name) => name.endsWith('.deb')) ?? ''
  execFileSync('dpkg-deb', ['-x', archive, 'unpacked'], { cwd: folder })
  return join(folder, 'unpacked/usr/bin/etcd')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

function report(name: string, version: string, rounds: readonly Round[]): string {
  const of = (figure: (round: Round) => number | undefined) =>
    median(rounds.map((round) => figure(round) ?? Number.NaN))
  const row = (title: string, kind: keyof Round) => [
    title,
    of((round) => round[kind].perSecond).toFixed(0),
    of((round) => round[kind].perSecond / round.own.perSecond).toFixed(2),
    `${of((round) => round[kind].p50Ms).toFixed(1)} / ${of((round) => round[kind].p99Ms).toFixed(1)} ms`,
    of((round) => (round[kind].cpuUs.hub ?? 0) + (round[kind].cpuUs.database ?? 0)).toFixed(1),
  ]
  return `${SERVERS.toLocaleString('en')} servers, ${CONNECTIONS} connections, JSON over HTTP to both; StackSense on ${name}, etcd ${version} from Debian with its own
settings, one member. A lease that is kept alive is not on disk; the other two are. Medians of ${ROUNDS} rounds.

${table(
  ['', 'answers/s', 'against ours', 'p50 / p99', 'CPU µs an answer, database included'],
  [
    row('StackSense, heartbeat by REST', 'own'),
    row('etcd, lease kept alive', 'lease'),
    row('etcd, key written', 'put'),
  ],
)}`
}
