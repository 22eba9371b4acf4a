import { expect, test } from 'vitest'
import { iso, NOON, server } from '../api/fleet-scene.ts'
import { FleetStore } from '../api/fleet-store.ts'
import { filterOf, listed, queryOf } from './server-filter.ts'

const store = new FleetStore(() => NOON)
store.replace({
  cursor: 'c0',
  servers: [
    server('10', { name: 'web-10', tags: ['prod', 'ams'] }),
    server('2', { name: 'web-2', tags: ['prod'], heartbeat: { lastHeartbeatAt: iso(-20) } }),
    server('3', {
      name: 'db-1',
      tags: ['ams'],
      status: 'OFFLINE',
      statusReason: 'HEARTBEAT_EXPIRED',
      statusSince: iso(-5),
    }),
    server('4', { name: 'new', status: 'OFFLINE', statusReason: 'NEVER_SEEN', heartbeat: { lastHeartbeatAt: null } }),
  ],
})
const names = (query: Record<string, string>) =>
  listed(store.byName(), filterOf(query), () => ({ now: NOON, live: true })).map(({ name }) => name)

test('problems stand first, the rest by name, servers that wait at the end', () => {
  expect(names({})).toEqual(['db-1', 'web-2', 'web-10', 'new'])
})

test('search looks into names, tags, statuses and reasons', () => {
  expect(names({ search: 'WEB' })).toEqual(['web-2', 'web-10'])
  expect(names({ search: 'ams' })).toEqual(['db-1', 'web-10'])
  expect(names({ search: 'offline' })).toEqual(['db-1'])
  expect(names({ search: 'first heartbeat' })).toEqual(['new'])
})

test('statuses widen, tags narrow', () => {
  expect(names({ status: 'offline,waiting' })).toEqual(['db-1', 'new'])
  expect(names({ tags: 'prod,ams' })).toEqual(['web-10'])
})

test('it can be sorted by name and by how long ago the last heartbeat was, both ways', () => {
  expect(names({ sort: 'name', order: 'desc' })).toEqual(['web-10', 'web-2', 'new', 'db-1'])
  expect(names({ sort: 'heartbeat' })).toEqual(['new', 'web-2', 'db-1', 'web-10'])
})

test('an address that nobody wrote on purpose lists all', () => {
  expect(names({ status: 'dead', sort: 'colour', order: 'sideways' })).toHaveLength(4)
})

test.each<Record<string, string>>([
  {},
  { search: 'web', status: 'offline,online', tags: 'ams,prod', sort: 'name', order: 'desc' },
])('the address %o says the filter, and the filter says it again', (query) => {
  expect(queryOf(filterOf(query))).toEqual(query)
})
