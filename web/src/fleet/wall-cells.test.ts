import { expect, test } from 'vitest'
import { iso, NOON, server } from '../api/fleet-scene.ts'
import { FleetStore } from '../api/fleet-store.ts'
import { cellInWords, cellsOfGroup, rowsOfCell } from './wall-cells.ts'

const MOMENT = { now: NOON, live: true }
const store = new FleetStore(() => NOON)
const silent = { status: 'OFFLINE', statusReason: 'HEARTBEAT_EXPIRED', statusSince: iso(-240) } as const
store.replace({
  cursor: 'c0',
  servers: [
    server('1', { name: 'a' }),
    server('2', { name: 'b', ...silent }),
    server('3', { name: 'c', status: 'OFFLINE', statusReason: 'SUSPENDED' }),
    server('4', { name: 'd' }),
    server('5', { name: 'e' }),
  ],
})
const rows = store.byName()

test('a cell is a server', () => {
  expect(cellsOfGroup(rows, 1).map(({ kind }) => kind)).toEqual(['online', 'offline', 'suspended', 'online', 'online'])
})

test('a cell of several servers shows the worst of them', () => {
  expect(cellsOfGroup(rows, 2).map(({ kind }) => kind)).toEqual(['offline', 'suspended', 'online'])
  expect(rowsOfCell(rows, 2, 2).map(({ name }) => name)).toEqual(['e'])
})

test('a cell in words', () => {
  expect(cellInWords(rowsOfCell(rows, 1, 1), MOMENT)).toBe('b, OFFLINE for 4\u00a0min')
  expect(cellInWords(rowsOfCell(rows, 0, 4), MOMENT)).toBe('4 servers from a on: 1 offline, 2 online, 1 suspended')
})
