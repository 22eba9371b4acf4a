import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import type { RollupColumns } from '../src/core/buckets.ts'
import { METRICS, type Metric, type MetricSample } from '../src/core/metrics.ts'
import type { Server } from '../src/core/types.ts'
import { recordSamples } from '../src/metrics/record-samples.ts'
import { packDays } from '../src/store/metric-days.ts'
import { rollUpSome } from '../src/store/metric-rollup.ts'
import { readSeries } from '../src/store/metric-series.ts'
import { RollUpError } from '../src/store/metric-step.ts'
import { type BlockRow, OPEN_HOURS, rollupsIn, samplesIn, TIERS, type Tier } from '../src/store/metric-tiers.ts'
import { latestSamples } from '../src/store/newest-samples.ts'
import { maintainPartitions } from '../src/store/partitions.ts'
import { DEFAULT_RETENTION, keptMs } from '../src/store/retention.ts'
import { readNow } from '../src/store/server-row.ts'
import { Store } from '../src/store/store.ts'
import { addServer, freshDatabase } from './support/hub-scene.ts'

const HOUR = 3_600_000
const PROCESS = fileURLToPath(new URL('support/roll-up-process.ts', import.meta.url))
/** The child reads its TypeScript by Node itself: it starts twenty times. */
const NODE_OPTIONS = ['--experimental-transform-types', '--no-warnings']
const NOTHING: MetricSample = {
  ...(Object.fromEntries(METRICS.map((metric) => [metric, null])) as Record<Metric, null>),
  disks: [],
}

/** Without a hub, which would roll up by itself meanwhile. */
async function scene() {
  const database = await freshDatabase()
  const store = await Store.open(database.connection)
  onTestFinished(() => store.close())
  await maintainPartitions(store, DEFAULT_RETENTION)
  return { database, store, server: await addServer(store) }
}

/**
 * A sample each minute of these whole hours back from the begin of this hour, or day, with figures that repeat nowhere.
 * Per cents of the processor have two places each, so that means are kept to three.
 */
async function fill(store: Store, serverId: number, hours: number, from: 'hour' | 'day' = 'hour'): Promise<void> {
  await store.pool.query(
    `insert into metric_sample (server_id, at, cpu_percent, load1, network_rx_bytes_per_second, uptime_seconds, disks)
     select $1, at, (10 * floor(random() * 1000) + 1 + floor(random() * 9)) / 100, round(random()::numeric, 2),
       floor(random() * 1e6),
       extract(epoch from at)::int, jsonb_build_array(jsonb_build_object('mount', '/', 'usedPercent',
         round((random() * 100)::numeric, 2), 'usedBytes', floor(random() * 1e11), 'totalBytes', 1e11))
     from generate_series(date_trunc($3, now()) - $2 * interval '1 hour', date_trunc($3, now()) - interval '1 minute',
       interval '1 minute') at`,
    [serverId, hours, from],
  )
}

async function rollUpAll(store: Store): Promise<void> {
  for (const work of [rollUpSome, packDays]) while ((await work(store, { graceMs: 0 })).done > 0);
}

async function rowsOf(store: Store, { table }: Tier): Promise<BlockRow[]> {
  const { rows } = await store.pool.query<BlockRow>(
    `select server_id as "serverId", (extract(epoch from at) * 1000)::float8 as at, samples, block from ${table}
     order by server_id, at`,
  )
  return rows
}

/** Everything between two instants that the series knows, whatever it is read from. */
async function seriesOf(store: Store, server: Server, maxPoints: number) {
  const to = Math.floor((await readNow(store)) / HOUR) * HOUR
  const request = { from: to - 6 * HOUR, to, maxPoints }
  const { buckets } = await readSeries(store, server, request, keptMs(DEFAULT_RETENTION))
  return buckets.rollups()
}

function cpuOf(columns: RollupColumns) {
  const cpu = columns.figures.get('cpuPercent')
  return { samples: columns.samples, count: cpu?.count, min: cpu?.min, max: cpu?.max }
}

test('what is rolled up says what the samples said, at every resolution, and the samples are packed', async () => {
  const { store, server } = await scene()
  await fill(store, server.id, 6)
  const resolutions = [360, 24, 3]
  const before = await Promise.all(resolutions.map((points) => seriesOf(store, server, points)))
  await rollUpAll(store)
  expect((await store.pool.query('select from metric_sample')).rowCount).toBe(0)

  const after = await Promise.all(resolutions.map((points) => seriesOf(store, server, points)))
  expect(after.map(cpuOf)).toEqual(before.map(cpuOf))
  expect(after[0]).toEqual(before[0])
  expect((await latestSamples(store, [server.id])).get(server.id)?.cpuPercent).toBe(
    before[0]?.figures.get('cpuPercent')?.mean[359],
  )
})

test('a late sample makes its hour again, at once to the eye; one that came twice changes nothing', async () => {
  const { store, server } = await scene()
  await fill(store, server.id, 6)
  await rollUpAll(store)
  const ageMs = 3.5 * HOUR
  const late = { ...NOTHING, cpuPercent: 99.99, uptimeSeconds: 77.5 }
  await recordSamples(store, [{ serverId: server.id, sample: late, ageMs }])
  const seen = await seriesOf(store, server, 24)
  expect(Array.from(seen.samples).reduce((sum, count) => sum + count, 0)).toBe(361)

  await rollUpAll(store)
  expect(cpuOf(await seriesOf(store, server, 24))).toEqual(cpuOf(seen))
  await recordSamples(store, [{ serverId: server.id, sample: late, ageMs: ageMs + 900 }])
  await rollUpAll(store)
  expect(cpuOf(await seriesOf(store, server, 24))).toEqual(cpuOf(seen))
  expect(await rowsOf(store, TIERS.RAW)).toHaveLength(6)
})

test('a late sample of a day past its retention finds what was rolled up of its hour', async () => {
  const { store, server } = await scene()
  const keepAll = { ...DEFAULT_RETENTION, rawDays: 30 }
  await store.pool.query(
    `do $$ declare day date := current_date - 10; begin
       execute format('create table metric_sample_%s partition of metric_sample for values from (%L) to (%L)',
         to_char(day, 'YYYYMMDD'), day, day + 1);
     end $$`,
  )
  await maintainPartitions(store, keepAll)
  const add = (minutes: number[]) =>
    store.pool.query(
      `insert into metric_sample (server_id, at, cpu_percent, disks)
       select $1, current_date - 10 + minute * interval '1 minute', 50, '[]' from unnest($2::int[]) minute`,
      [server.id, minutes],
    )
  await add([1, 2, 3])
  await rollUpAll(store)
  await add([4])

  await maintainPartitions(store, DEFAULT_RETENTION)
  await rollUpAll(store)
  const samples = async (tier: Tier) => (await rowsOf(store, tier)).map((row) => row.samples)
  expect([await samples(TIERS.RAW), await samples(TIERS.FIVE_MINUTES), await samples(TIERS.HOUR)]).toEqual([
    [4],
    [4],
    [4],
  ])
  await maintainPartitions(store, DEFAULT_RETENTION)
  expect([await samples(TIERS.RAW), await samples(TIERS.HOUR)]).toEqual([[], [4]])
})

test('the hours of a day leave for its row when it is over, and one that is made again counts once', async () => {
  const { store, server } = await scene()
  await fill(store, server.id, 3, 'day')
  while ((await rollUpSome(store, { graceMs: 0 })).done > 0);
  const dayBegin = Math.floor((await readNow(store)) / 86_400_000) * 86_400_000
  const read = async () => {
    const request = { from: dayBegin - 3 * HOUR, to: dayBegin, maxPoints: 3 }
    const { resolution, buckets } = await readSeries(store, server, request, keptMs(DEFAULT_RETENTION))
    return { resolution, ...cpuOf(buckets.rollups()) }
  }
  const open = await read()
  expect(open).toMatchObject({ resolution: 'HOUR', samples: [60, 60, 60] })
  expect([await rowsOf(store, OPEN_HOURS), await rowsOf(store, TIERS.HOUR)]).toMatchObject([[{}, {}, {}], []])

  expect(await packDays(store, { graceMs: 0 })).toMatchObject({ done: 1 })
  expect(await read()).toEqual(open)
  expect([await rowsOf(store, OPEN_HOURS), await rowsOf(store, TIERS.HOUR)]).toMatchObject([[], [{ samples: 180 }]])

  await store.pool.query(
    `insert into metric_sample (server_id, at, cpu_percent, disks)
     select $1, date_trunc('day', now()) - interval '90.5 minutes', 99.99, '[]'`,
    [server.id],
  )
  await rollUpSome(store, { graceMs: 0 })
  const late = await read()
  expect(late).toMatchObject({ samples: [60, 61, 60], max: [open.max?.[0], 99.99, open.max?.[2]] })
  await rollUpAll(store)
  expect(await read()).toEqual(late)
  expect(await rowsOf(store, TIERS.HOUR)).toMatchObject([{ samples: 181 }])
})

test('a step that fails says of which servers, and up to which', async () => {
  const { store, server } = await scene()
  await fill(store, server.id, 2)
  await rollUpAll(store)
  await store.pool.query(`update metric_raw set block = 'unreadable'`)
  await fill(store, server.id, 2)
  const error = await rollUpSome(store, { graceMs: 0 }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RollUpError)
  expect(error).toMatchObject({ last: server.id, parts: 2, message: expect.stringMatching(/servers: \d+$/) })
})

test('while one hub rolls up, no other does', async () => {
  const { store, server } = await scene()
  await fill(store, server.id, 3)
  const steps = await Promise.all([1, 2, 3, 4].map(() => rollUpSome(store, { graceMs: 0 })))
  const made = steps.map((step) => step.done)
  expect(made.reduce((sum, count) => sum + count, 0)).toBe(3)
  expect(Math.max(...made)).toBe(3)
})

test('killed at any statement of a roll-up, twenty times: what is rolled up is a recount of the samples', async () => {
  const { database, store } = await scene()
  const servers = await Promise.all([1, 2, 3, 4].map(() => addServer(store)))
  for (const server of servers) await fill(store, server.id, 6, 'day')
  await store.pool.query('create table counted as select * from metric_sample')

  for (let at = 0; at < 20; at++) {
    const argument = JSON.stringify([database.connection, at])
    const child = spawn(process.execPath, [...NODE_OPTIONS, PROCESS, argument], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
  }
  const left = (await store.pool.query('select from metric_sample')).rowCount ?? 0
  expect(left).toBeGreaterThan(0)
  expect(left).toBeLessThan(4 * 360)
  await expect
    .poll(() => rollUpAll(store).then(() => store.pool.query('select from metric_sample')))
    .toMatchObject({ rowCount: 0 })

  const raw = (await rowsOf(store, TIERS.RAW)).flatMap((row) =>
    samplesIn(row).map((it) => [row.serverId, it.at, it.cpuPercent, it.load1, it.networkRxBytesPerSecond, it.disks[0]]),
  )
  const counted = await store.pool.query(
    `select server_id, (extract(epoch from at) * 1000)::float8 as at, cpu_percent, load1, network_rx_bytes_per_second,
       disks->0 as disk from counted order by server_id, counted.at`,
  )
  expect(raw).toEqual(counted.rows.map((row) => Object.values(row)))
  for (const [tier, width] of [
    [TIERS.FIVE_MINUTES, '5 minutes'],
    [TIERS.HOUR, '1 hour'],
  ] as const) {
    const rolled = (await rowsOf(store, tier)).flatMap((row) => countsIn(row.serverId, rollupsIn(row)))
    const recount = await store.pool.query(
      `select server_id, (extract(epoch from date_bin('${width}', at, 'epoch')) * 1000)::float8 as begin, count(*)::int,
         min(cpu_percent), max(cpu_percent), max((disks->0->>'usedPercent')::float8) as disk,
         avg(cpu_percent)::float8 as mean
       from counted group by 1, 2 order by 1, 2`,
    )
    const recounted = recount.rows.map((row) => Object.values(row))
    expect(rolled.map((row) => row.slice(0, -1))).toEqual(recounted.map((row) => row.slice(0, -1)))
    // Means are kept to a place more than the figures have.
    const errors = rolled.map((row, i) => Math.abs(Number(row.at(-1)) - Number(recounted[i]?.at(-1))))
    expect(Math.max(...errors)).toBeLessThan(0.000_501)
  }
}, 240_000)

function countsIn(serverId: number, { at, samples, figures, disks }: RollupColumns): unknown[][] {
  const cpu = figures.get('cpuPercent')
  const disk = disks.get('/')?.usedPercent
  return Array.from(at, (begin, i) => [
    serverId,
    begin,
    samples[i],
    cpu?.min[i],
    cpu?.max[i],
    disk?.max[i],
    cpu?.mean[i],
  ])
}
