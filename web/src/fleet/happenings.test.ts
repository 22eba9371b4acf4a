import { expect, test } from 'vitest'
import { FEED_LENGTH } from '../api/feed-entries.ts'
import { event, iso, NOON, recovery, server } from '../api/fleet-scene.ts'
import { FleetStore } from '../api/fleet-store.ts'
import { happenings } from './happenings.ts'

function storeWith(waiting: number) {
  const store = new FleetStore(() => NOON)
  const added = Array.from({ length: waiting }, (_, i) =>
    server(`n${i}`, { status: 'OFFLINE', statusReason: 'NEVER_SEEN', createdAt: iso(7) }),
  )
  store.replace({ cursor: 'c9', servers: [server('1'), ...added] })
  store.recall([event(5, '1'), recovery(9, '1')])
  return store
}
const said = (waiting: number, gaps: { id: string; from: number; until: number }[] = []) => {
  const store = storeWith(waiting)
  return happenings(store.feed, store.byName(), gaps).map(({ subject, predicate }) => `${subject} ${predicate}`)
}

test('what is no status event stands among them by its time', () => {
  const gap = { id: '1', from: NOON + 5_500, until: NOON + 6_000 }
  expect(said(1, [gap])).toEqual([
    'web-1 is ONLINE',
    'web-n0 was added',
    expect.stringContaining('We heard nothing for'),
    'web-1 went OFFLINE',
  ])
})

test('many additions at once are one happening', () => {
  expect(said(4)).toEqual(['web-1 is ONLINE', '4 servers were added', 'web-1 went OFFLINE'])
})

const before = { id: '1', from: NOON - 90_000, until: NOON - 60_000 }

test('of a log that is shown in full, all is told', () => {
  expect(said(0, [before]).at(-1)).toContain('We heard nothing')
})

test('what is older than a full feed reaches is left out', () => {
  const store = new FleetStore(() => NOON)
  const events = Array.from({ length: FEED_LENGTH }, (_, i) => (i % 2 ? recovery(i, '1') : event(i, '1')))
  store.replace({ cursor: 'c99', servers: [server('1')] })
  store.recall(events)
  expect(happenings(store.feed, store.byName(), [before])).toHaveLength(FEED_LENGTH)
})
