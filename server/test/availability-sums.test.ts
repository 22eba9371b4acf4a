import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { type Availability, availabilityOf } from '../src/core/availability.ts'
import { endingAt } from '../src/core/availability-sums.ts'
import type { ServerId, StatusAndReason } from '../src/core/types.ts'
import { readAvailability } from '../src/store/availability.ts'
import { sumAvailability } from '../src/store/availability-sums.ts'
import { DEFAULT_RETENTION, deleteExpired } from '../src/store/retention.ts'
import { readNow } from '../src/store/server-row.ts'
import { Store } from '../src/store/store.ts'
import { readGaps, readTimelines } from '../src/store/timelines.ts'
import { addServer, freshDatabase } from './support/hub-scene.ts'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE
const STATUSES: readonly StatusAndReason[] = [
  { status: 'ONLINE', reason: 'HEALTHY' },
  { status: 'OFFLINE', reason: 'HEARTBEAT_EXPIRED' },
  { status: 'WARNING', reason: 'ACTIVE_ALERTS' },
  { status: 'OFFLINE', reason: 'SUSPENDED' },
]

/** Without a hub, which would sum by itself meanwhile. */
async function scene() {
  const database = await freshDatabase()
  const store = await Store.open(database.connection)
  onTestFinished(() => store.close())
  return { store, now: await readNow(store) }
}

/** One that was made so many days ago and changed its status so many minutes ago, the oldest first. */
async function addHistory(store: Store, days: number, changes: readonly number[]): Promise<ServerId> {
  const { id } = await addServer(store)
  await store.pool.query(`update server set created_at = now() - $2 * interval '1 day' where id = $1`, [id, days])
  await change(store, id, [days * 1_440, ...changes])
  return id
}

/** Each change ends the status that the one before it began. */
async function change(store: Store, id: ServerId, minutesAgo: readonly number[]): Promise<void> {
  for (const minutes of minutesAgo) {
    await store.pool.query(
      `with old as (select id, status, status_reason from server where id = $1),
       changed as (update server set status = $3, status_reason = $4 where id = $1)
       insert into status_event (server_id, from_status, from_reason, to_status, reason, at)
       select id, status, status_reason, $3, $4, now() - $2 * interval '1 minute' from old`,
      [id, minutes, ...Object.values(await other(store, id, minutes))],
    )
  }
}

async function other(store: Store, id: ServerId, seed: number): Promise<StatusAndReason> {
  const { rows } = await store.pool.query('select status_reason as reason from server where id = $1', [id])
  const others = STATUSES.filter(({ reason }) => reason !== rows[0].reason)
  return others[seed % others.length] as StatusAndReason
}

async function addGap(store: Store, minutesAgo: number, minutes: number): Promise<void> {
  await store.pool.query(
    `insert into observation_gap (from_at, until_at, cause)
     select at, at + $2 * interval '1 minute', 'HUB_DOWN' from (select now() - $1 * interval '1 minute' as at) gap`,
    [minutesAgo, minutes],
  )
}

/** From events and gaps alone. */
async function recount(store: Store, id: ServerId, from: number, to: number): Promise<Availability> {
  const [timeline] = await readTimelines(store.pool, [{ id, from, to }])
  if (!timeline) throw new Error('There is no such server.')
  return availabilityOf(endingAt(timeline.statuses, timeline.until), await readGaps(store.pool, from, to), from, to)
}

async function expectRecount(store: Store, ids: readonly ServerId[], ranges: readonly [number, number][]) {
  for (const [from, to] of ranges) {
    const found = await readAvailability(store, ids, from, to)
    for (const id of ids) {
      const [all, counted] = [found.get(id), await recount(store, id, from, to)]
      for (const key of ['aliveMs', 'offlineMs', 'unobservedMs', 'notCountedMs'] as const) {
        expect(all?.[key]).toBeCloseTo(counted[key], 1)
      }
    }
  }
}

/** Two hubs at once, as it may be. */
async function sumAll(store: Store, size?: number): Promise<void> {
  const step = { graceMs: 0, ...(size === undefined ? {} : { size }) }
  for (;;) {
    const steps = await Promise.all([1, 2].map(() => sumAvailability(store, DEFAULT_RETENTION, step)))
    if (steps.every(({ done }) => done === 0)) return
  }
}

const minutesAgo = (days: number) =>
  fc
    .uniqueArray(fc.integer({ min: 2, max: days * 1_440 - 1 }), { maxLength: 15 })
    .map((all) => all.sort((a, b) => b - a))

test('sums say what a recount from events and gaps says, also of what is recorded late', async () => {
  const { store, now } = await scene()
  const history = fc.record({
    fleet: fc.array(minutesAgo(4), { minLength: 1, maxLength: 3 }),
    gaps: fc.array(fc.tuple(fc.integer({ min: 1, max: 4 * 1_440 }), fc.integer({ min: 0, max: 90 })), { maxLength: 5 }),
    late: fc.tuple(fc.nat(5_000), fc.integer({ min: 1, max: 3_000 })),
    ranges: fc.array(fc.tuple(fc.integer({ min: 60, max: 6 * 1_440 }), fc.nat(59)), { minLength: 4, maxLength: 6 }),
  })
  await fc.assert(
    fc.asyncProperty(history, async ({ fleet, gaps, late, ranges }) => {
      const instants = ranges.map(([from, to]): [number, number] => [
        now - from * MINUTE,
        now - (to * from * MINUTE) / 60,
      ])
      const ids: ServerId[] = []
      for (const changes of fleet) ids.push(await addHistory(store, 4, changes))
      for (const [at, minutes] of gaps) await addGap(store, at, minutes)
      await sumAll(store, 2)
      await expectRecount(store, ids, instants)

      const [first, last] = [ids[0] as ServerId, fleet[0]?.at(-1) ?? 4 * 1_440]
      await change(store, first, [Math.ceil((late[0] % last) / 2)])
      await expectRecount(store, ids, instants)
      await sumAll(store)
      await expectRecount(store, ids, instants)

      await addGap(store, late[1], 7)
      await expectRecount(store, ids, instants)
      await sumAll(store)
      await expectRecount(store, ids, instants)
    }),
    { numRuns: 4 },
  )
}, 120_000)

test('a calm server costs a sum a day, one that changed another for each hour in which it did', async () => {
  const { store } = await scene()
  const calm = await addHistory(store, 10, [])
  const busy = await addHistory(store, 10, [3 * 1_440 + 3, 3 * 1_440 + 2, 3 * 1_440 + 1])
  await sumAll(store)
  const { rows } = await store.pool.query(
    'select server_id as id, count(*)::int as sums from availability_sum group by 1 order by 1',
  )
  const [ofCalm, ofBusy] = [calm, busy].map((id) => rows.find((row) => row.id === id).sums)
  expect([10, 11]).toContain(ofCalm)
  expect(ofBusy - ofCalm).toBeLessThanOrEqual(2)
})

test('when its events are gone, what a past range came to is still known', async () => {
  const { store, now } = await scene()
  const id = await addHistory(store, 20, [12 * 1_440, 11 * 1_440, 9 * 1_440 + 30])
  await sumAll(store)
  const midnight = Math.floor(now / DAY) * DAY
  const range = [midnight - 15 * DAY, midnight - 10 * DAY] as const
  const before = (await readAvailability(store, [id], ...range)).get(id)
  await store.pool.query(`update status_event set detected_at = at`)
  await deleteExpired(store, { eventDays: 5 })
  expect((await store.pool.query('select from status_event')).rowCount).toBe(0)
  expect((await readAvailability(store, [id], ...range)).get(id)).toEqual(before)
})

test('what was summed before the clock was set back is summed again', async () => {
  const { store, now } = await scene()
  const id = await addHistory(store, 2, [600])
  await sumAll(store)
  await store.pool.query(
    `with ahead as (
       insert into availability_sum select server_id, at + interval '3 days', 9e9, 9e9, 9e9
       from availability_sum where server_id = $1 order by at desc limit 1)
     update availability_progress set through = through + interval '3 days'`,
    [id],
  )
  const ranges: [number, number][] = [[now - 2 * DAY, now]]
  await expectRecount(store, [id], ranges)
  await sumAll(store)
  await expectRecount(store, [id], ranges)
  expect((await store.pool.query('select from availability_sum where at > now()')).rowCount).toBe(0)
})
