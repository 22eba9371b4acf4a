import { expect, test } from 'vitest'
import type { FleetRow } from './fleet-store.ts'
import { RowsByName } from './rows-by-name.ts'

const row = (id: string, name: string, status = 'ONLINE') => ({ id, name, status }) as unknown as FleetRow

function listOf(...names: string[]) {
  const all = new Map(names.map((name, i) => [String(i), row(String(i), name)]))
  const list = new RowsByName(all)
  list.allChanged()
  const put = (next: FleetRow) => {
    const before = all.get(next.id)
    all.set(next.id, next)
    list.changed(next, before)
  }
  const shown = () => list.list().map(({ name, status }) => (status === 'ONLINE' ? name : `${name} ${status}`))
  return { all, list, put, shown }
}

test('a changed row takes the place of the one before it, in a list of its own', () => {
  const { list, put, shown } = listOf('web-10', 'web-2', 'web-1')
  const before = list.list()
  put(row('1', 'web-2', 'OFFLINE'))
  expect(shown()).toEqual(['web-1', 'web-2 OFFLINE', 'web-10'])
  expect(before.map(({ status }) => status)).toEqual(['ONLINE', 'ONLINE', 'ONLINE'])
})

test('names that come, go or change are put in order, with what else has changed by then', () => {
  const { all, list, put, shown } = listOf('b', 'a')
  expect(shown()).toEqual(['a', 'b'])
  put(row('7', 'aa'))
  put(row('0', 'b', 'OFFLINE'))
  expect(shown()).toEqual(['a', 'aa', 'b OFFLINE'])
  put(row('1', 'z'))
  expect(shown()).toEqual(['aa', 'b OFFLINE', 'z'])
  all.delete('7')
  list.allChanged()
  expect(shown()).toEqual(['b OFFLINE', 'z'])
})
