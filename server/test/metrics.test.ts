import { expect, test } from 'vitest'
import type { MetricSample } from '../src/core/metrics.ts'
import { cleanSample } from '../src/metrics/clean-sample.ts'
import { recordSamples } from '../src/metrics/record-samples.ts'
import { acknowledgeAlert, activeAlertsOf, listAlerts, resolveAlert } from '../src/store/alerts.ts'
import { activeAnomaliesOf } from '../src/store/anomalies.ts'
import { readSeries } from '../src/store/metric-series.ts'
import { latestSamples } from '../src/store/newest-samples.ts'
import { maintainPartitions } from '../src/store/partitions.ts'
import { DEFAULT_RETENTION, keptMs } from '../src/store/retention.ts'
import { readNow } from '../src/store/server-row.ts'
import type { Store } from '../src/store/store.ts'
import { addServer, freshDatabase, historyOf, listenTo, openHub, storedStatus } from './support/hub-scene.ts'

async function scene() {
  const hub = await openHub(await freshDatabase())
  const server = await addServer(hub.store)
  await hub.writer.record(server.id, {})
  return { hub, store: hub.store, id: server.id }
}

function sample(figures: Partial<MetricSample>): MetricSample {
  return { ...cleanSample({}, ''), ...figures }
}

/** Records these CPU values, the last one now and each a second after the one before. */
async function recordCpu(store: Store, id: number, values: readonly number[], beforeMs = 0): Promise<void> {
  for (const [i, cpuPercent] of values.entries()) {
    const ageMs = beforeMs + (values.length - 1 - i) * 1_000
    await recordSamples(store, [{ serverId: id, sample: sample({ cpuPercent }), ageMs }])
  }
}

async function openKeys(store: Store, id: number): Promise<string[]> {
  return ((await activeAlertsOf(store, [id])).get(id) ?? []).map((alert) => alert.key)
}

test('two samples above the limit open one alert and make the server WARNING; below the clear level it is ONLINE again', async () => {
  const { hub, store, id } = await scene()
  const feed = await listenTo(hub)
  await recordCpu(store, id, [95], 9_000)
  expect(await openKeys(store, id)).toEqual([])
  await recordCpu(store, id, [96, 97, 98], 5_000)
  expect(await openKeys(store, id)).toEqual(['threshold:cpu'])
  expect(await storedStatus(store, id)).toMatchObject({ status: 'WARNING', reason: 'ACTIVE_ALERTS' })

  await recordCpu(store, id, [78], 2_000)
  expect(await openKeys(store, id)).toEqual(['threshold:cpu'])
  await recordCpu(store, id, [10], 1_000)
  expect(await openKeys(store, id)).toEqual([])
  expect((await feed.take(2)).map((event) => `${event.to}/${event.reason}`)).toEqual([
    'WARNING/ACTIVE_ALERTS',
    'ONLINE/HEALTHY',
  ])
  expect((await listAlerts(store, {}, {})).items).toHaveLength(1)
})

test('an acknowledged alert is still active; resolved by hand it opens again while the cause lasts', async () => {
  const { store, id } = await scene()
  await recordCpu(store, id, [95, 95], 9_000)
  const [alert] = (await activeAlertsOf(store, [id])).get(id) ?? []
  await acknowledgeAlert(store, alert?.id ?? 0, 'mara', 'looking')
  expect((await storedStatus(store, id)).status).toBe('WARNING')
  await resolveAlert(store, alert?.id ?? 0, 'mara', null)
  expect((await storedStatus(store, id)).status).toBe('ONLINE')
  await recordCpu(store, id, [95])
  expect((await storedStatus(store, id)).status).toBe('WARNING')
})

test('each file system has an alert of its own, and a server its own limits', async () => {
  const { store, id } = await scene()
  await store.pool.query(`update server set alert_limits = '{"diskPercent": 50}' where id = $1`, [id])
  const disk = (mount: string, usedPercent: number) => ({ mount, usedPercent, usedBytes: 1, totalBytes: 2 })
  for (const ageMs of [2_000, 1_000]) {
    const disks = [disk('/', 51), disk('/var', 99), disk('/tmp', 50)]
    await recordSamples(store, [{ serverId: id, sample: sample({ cpuPercent: 79, disks }), ageMs }])
  }
  expect((await openKeys(store, id)).toSorted()).toEqual(['threshold:disk:/', 'threshold:disk:/var'])
})

test('a file system that is unmounted is not full any more; a sample that tells of none says nothing', async () => {
  const { store, id } = await scene()
  const disk = (mount: string, usedPercent: number) => ({ mount, usedPercent, usedBytes: 1, totalBytes: 2 })
  const record = (ageMs: number, ...disks: ReturnType<typeof disk>[]) =>
    recordSamples(store, [{ serverId: id, sample: sample({ disks }), ageMs }])
  const both = [disk('/', 10), disk('/backup', 99)]
  await record(9_000, ...both)
  await record(8_000, ...both)
  expect(await openKeys(store, id)).toEqual(['threshold:disk:/backup'])
  await record(7_000)
  await record(6_000, disk('/', 10))
  expect(await openKeys(store, id)).toEqual(['threshold:disk:/backup'])
  await record(5_000, disk('/', 10))
  expect(await openKeys(store, id)).toEqual([])
})

test('a real jump is an anomaly, explained in words, and resolves by itself', async () => {
  const { store, id } = await scene()
  await recordCpu(
    store,
    id,
    Array.from({ length: 40 }, (_, i) => 20 + (i % 3)),
    20_000,
  )
  expect((await storedStatus(store, id)).status).toBe('ONLINE')
  await recordCpu(store, id, [70, 71, 72], 10_000)
  const [anomaly] = (await activeAnomaliesOf(store, [id])).get(id) ?? []
  expect(anomaly).toMatchObject({ metric: 'cpuPercent', expected: 21, value: 72 })
  expect(anomaly?.message.replaceAll('\u00a0', ' ')).toMatch(/^CPU 72 %, usually [\d.]+ to [\d.]+ %\.$/)
  expect(await storedStatus(store, id)).toMatchObject({ status: 'WARNING', reason: 'ACTIVE_ANOMALIES' })
  await recordCpu(store, id, [21, 20, 22], 5_000)
  expect((await storedStatus(store, id)).status).toBe('ONLINE')
})

test('metrics are no heartbeats, and an unknown server is said to be unknown', async () => {
  const { store } = await scene()
  const silent = await addServer(store)
  await recordCpu(store, silent.id, [5, 6])
  expect(await storedStatus(store, silent.id)).toMatchObject({ status: 'OFFLINE', reason: 'NEVER_SEEN' })
  expect(await recordSamples(store, [{ serverId: 999_999, sample: sample({}), ageMs: 0 }])).toEqual(new Map())
})

test('a silent server stays OFFLINE whatever its metrics say', async () => {
  const { store } = await scene()
  const server = await addServer(store)
  await recordCpu(store, server.id, [99, 99, 99])
  expect(await historyOf(store, server.id)).toEqual([])
})

test('a series is the samples themselves, or their least, mean and greatest where there are more than are wanted', async () => {
  const { hub, store } = await scene()
  const server = await addServer(hub.store)
  await recordCpu(store, server.id, [10, 20, 30, 40, 50, 60])
  const latest = (await latestSamples(store, [server.id])).get(server.id)
  const to = (latest?.at ?? 0) + 1
  const cpuIn = async (maxPoints: number) => {
    const { buckets, resolution } = await readSeries(
      store,
      server,
      { from: to - 60_000, to, maxPoints },
      keptMs(DEFAULT_RETENTION),
    )
    const cpu = buckets.rollups().figures.get('cpuPercent')
    return { resolution, min: cpu?.min, mean: cpu?.mean, max: cpu?.max }
  }
  expect(await cpuIn(1_000)).toMatchObject({ resolution: 'RAW', mean: [10, 20, 30, 40, 50, 60] })
  expect(await cpuIn(1)).toEqual({ resolution: 'RAW', min: [10], mean: [35], max: [60] })
})

test('partitions are made ahead and dropped when they are too old, and doing it again changes nothing', async () => {
  const { store } = await scene()
  const countOf = async (table: string) => {
    const { rows } = await store.pool.query(
      `select count(*)::int as n from pg_inherits where inhparent = $1::regclass`,
      [table],
    )
    return rows[0].n
  }
  for (const table of ['metric_sample', 'metric_raw', 'metric_five_minutes', 'metric_hours']) {
    await store.pool.query(
      `create table ${table}_20200101 partition of ${table} for values from ('2020-01-01 00:00+00') to ('2020-01-02 00:00+00')`,
    )
  }
  await Promise.all([maintainPartitions(store, DEFAULT_RETENTION), maintainPartitions(store, DEFAULT_RETENTION)])
  expect([await countOf('metric_sample'), await countOf('metric_raw'), await countOf('metric_five_minutes')]).toEqual([
    5, 5, 5,
  ])
  expect(await countOf('metric_hours')).toBeLessThanOrEqual(2)
})

test('a sample that may have waited for a paused hub was measured when its uptime says, within the pause', async () => {
  const { store, id } = await scene()
  const record = async (uptimeSeconds: number, ageMs: number, lateMs: number) => {
    const entry = { serverId: id, sample: sample({ uptimeSeconds }), ageMs, lateMs }
    return (await recordSamples(store, [entry])).get(id)?.at ?? 0
  }
  const now = await readNow(store)
  expect(await record(900, 60_000, 5_000)).toBeGreaterThanOrEqual(now - 60_000)

  const before = await record(1_000, 30_000, 0)
  expect(await record(1_010, 0, 60_000)).toBeCloseTo(before + 10_000, 0)
  // No earlier than the pause began, and no later than it was read.
  expect(await record(1_011, 0, 2_000)).toBeGreaterThan(before + 20_000)
  expect(await record(9_999, 0, 60_000)).toBeLessThanOrEqual(await readNow(store))
  // Nothing of the kind for one that came in while all was well, nor after a reboot.
  expect(await record(1_012, 0, 0)).toBeGreaterThan(before + 20_000)
  expect(await record(3, 0, 60_000)).toBeGreaterThan(before + 20_000)
})

test('of a minute of one server no more than 120 samples are kept; those that come twice are none of them', async () => {
  const { store, id } = await scene()
  const other = await addServer(store)
  const now = await readNow(store)
  const minute = Math.floor(now / 60_000) * 60_000 - 180_000
  /** This many in that minute, or so much later, all at different moments. */
  const record = async (serverId: number, count: number, { laterMs = 0, uptime = false } = {}) => {
    const entries = Array.from({ length: count }, (_, i) => {
      const at = minute + 10_000 + laterMs + i * 100
      return { serverId, ageMs: now - at, sample: sample(uptime ? { uptimeSeconds: at / 1_000 } : {}) }
    })
    const { recorded, tooMany } = (await recordSamples(store, entries)).get(serverId) ?? {}
    return { recorded, tooMany }
  }
  expect(await record(id, 300)).toEqual({ recorded: 120, tooMany: 180 })
  expect(await record(id, 2, { laterMs: 33 })).toEqual({ recorded: 0, tooMany: 2 })
  expect(await record(id, 2, { laterMs: 60_000 })).toEqual({ recorded: 2, tooMany: 0 })

  expect(await record(other.id, 100, { uptime: true })).toEqual({ recorded: 100, tooMany: 0 })
  expect(await record(other.id, 130, { uptime: true })).toEqual({ recorded: 20, tooMany: 10 })
})
