import { expect, test } from 'vitest'
import { shallowRef } from 'vue'
import { useSelection } from './useSelection.ts'

function scene() {
  const listed = shallowRef(['a', 'b', 'c', 'd', 'e'])
  return { listed, selection: useSelection(() => listed.value) }
}

test('one by one, in the order of the list', () => {
  const { selection } = scene()
  for (const id of ['d', 'b', 'c', 'c']) selection.toggle(id)
  expect(selection.ids.value).toEqual(['b', 'd'])
})

test.each([
  ['b', 'd', ['b', 'c', 'd']],
  ['d', 'b', ['b', 'c', 'd']],
])('from %s to %s', (from, to, all) => {
  const { selection } = scene()
  selection.toggle(from)
  selection.extend(to)
  expect(selection.ids.value).toEqual(all)
})

test('extended from nothing, it is the one', () => {
  const { selection } = scene()
  selection.extend('c')
  expect(selection.ids.value).toEqual(['c'])
})

test('what leaves the list is chosen no more', () => {
  const { listed, selection } = scene()
  selection.all()
  listed.value = ['a', 'e']
  expect(selection.ids.value).toEqual(['a', 'e'])
  selection.clear()
  expect(selection.ids.value).toEqual([])
})
