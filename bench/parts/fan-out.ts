import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { median } from '../figures.ts'
import type { Bench, Part } from '../part.ts'
import { table } from '../results.ts'
import type { Database } from '../stage/cluster.ts'
import { cpuMsOf } from '../stage/cpu-time.ts'
import { startProgram } from '../stage/program.ts'
import { Subscribers } from '../stage/subscribers.ts'

const PROGRAM = fileURLToPath(new URL('../stage/fanout-hub.ts', import.meta.url))
const TSCONFIG = fileURLToPath(new URL('../../server/tsconfig.json', import.meta.url))

const SUBSCRIBERS = 1_000
const AT_ONCE = [1, 10]
const ROUNDS = 3
const MEASURE_MS = 1_500

/** So many bursts are on their way, that neither side waits for the other. */
const WINDOW = 3

const QUERY = 'subscription { serverStatusChanged { cursor at from to reason server { id name } } }'

export const fanOut: Part = {
  key: 'fan-out',
  title: 'Events fanned out to 1,000 subscribers',
  run: async (bench) => {
    const cluster = (await bench.cluster('postgres')) ?? (await bench.cluster('embedded'))
    if (!cluster) return 'There is no PostgreSQL on this machine.'
    const database = await cluster.newDatabase()
    try {
      return await measure(bench, database)
    } finally {
      await database.drop()
    }
  },
}

interface Side {
  /** Publishes so many events in one turn. */
  readonly publish: (events: number) => Promise<unknown>
  readonly subscribers: Subscribers
  /** What each subscriber has been sent. */
  sent: number
}

interface Figures {
  readonly perSecond: number
  /** CPU time of the sender a delivery. */
  readonly cpuUs: number
}

async function measure(bench: Bench, database: Database): Promise<string> {
  const folder = process.env.BENCH_PROFILE
  const profile = folder ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : []
  const program = await startProgram([...profile, '--import', 'tsx', PROGRAM], /ready at (\d+) (\d+) (\d+)/, {
    DATABASE_URL: database.url,
    TSX_TSCONFIG_PATH: TSCONFIG,
  })
  const [hubUrl, plainUrl, control] = program.ready.slice(1).map((port) => `http://127.0.0.1:${port}`)
  const ask = async (path: string) => Number(await (await fetch(`${control}${path}`, { method: 'POST' })).text())
  const sideOf = async (url: string | undefined, path: string): Promise<Side> => ({
    publish: (events) => ask(`${path}?events=${events}`),
    subscribers: await Subscribers.open(SUBSCRIBERS, { url: url ?? '', token: 'any', query: QUERY }),
    sent: 0,
  })
  try {
    const hub = await sideOf(hubUrl, '/hub')
    while ((await ask('/subscribers')) < SUBSCRIBERS) await sleep(50)
    const plain = await sideOf(plainUrl, '/plain')
    const rows = []
    for (const atOnce of AT_ONCE) {
      for (const side of [plain, hub]) await run(side, atOnce, MEASURE_MS, program.pid) // warms up
      const rounds = []
      for (let i = 0; i < ROUNDS; i++) {
        // One after the other, so that whatever else the machine does meets both.
        const plainFigures = await run(plain, atOnce, MEASURE_MS, program.pid)
        rounds.push({ plain: plainFigures, hub: await run(hub, atOnce, MEASURE_MS, program.pid) })
      }
      rows.push(rowOf(atOnce, rounds))
      bench.log(String(rows.at(-1)))
    }
    for (const { subscribers } of [hub, plain]) subscribers.close()
    return report(rows)
  } finally {
    await program.stop()
  }
}

async function run(side: Side, atOnce: number, forMs: number, pid: number): Promise<Figures> {
  const { subscribers } = side
  const startedAt = performance.now()
  const cpuMs = cpuMsOf(pid)
  const from = subscribers.received
  while (performance.now() - startedAt < forMs) {
    await side.publish(atOnce)
    side.sent += atOnce
    await subscribers.each(side.sent - WINDOW * atOnce)
  }
  await subscribers.each(side.sent)
  const deliveries = subscribers.received - from
  return {
    perSecond: deliveries / ((performance.now() - startedAt) / 1_000),
    cpuUs: ((cpuMsOf(pid) - cpuMs) * 1_000) / deliveries,
  }
}

function rowOf(atOnce: number, rounds: readonly { readonly plain: Figures; readonly hub: Figures }[]) {
  const of = (figure: (round: (typeof rounds)[number]) => number) => median(rounds.map(figure))
  return [
    atOnce,
    Math.round(of(({ hub }) => hub.perSecond)),
    Math.round(of(({ plain }) => plain.perSecond)),
    of(({ hub, plain }) => hub.perSecond / plain.perSecond).toFixed(2),
    of(({ hub }) => hub.cpuUs).toFixed(1),
    of(({ plain }) => plain.cpuUs).toFixed(1),
    of(({ hub, plain }) => plain.cpuUs / hub.cpuUs).toFixed(2),
  ]
}

function report(rows: readonly (readonly (string | number)[])[]): string {
  const heads = ['events at once', 'deliveries/s', 'plain ws.send/s', 'ratio', 'hub µs', 'plain µs', 'ratio of CPU']
  return `Each subscriber has an operation id of its own, as clients of graphql-ws have it. Plain \`ws\` sends text of the same length,
encoded once, to as many sockets. µs are CPU time of the sender a delivery. Medians of ${ROUNDS} rounds.

${table(heads, rows)}`
}
