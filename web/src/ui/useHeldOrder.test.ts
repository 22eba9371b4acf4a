import { expect, test } from 'vitest'
import { nextTick, ref } from 'vue'
import { useHeldOrder } from './useHeldOrder.ts'

async function scene(first: string[]) {
  const ids = ref(first)
  const held = ref(false)
  const order = useHeldOrder(() => ids.value, held)
  const set = async (next: string[], hold = held.value) => {
    held.value = hold
    ids.value = next
    await nextTick()
    return order.value
  }
  return { set }
}

test('nobody is on the list: the order is as wanted', async () => {
  const { set } = await scene(['a', 'b'])
  expect(await set(['b', 'c', 'a'])).toEqual(['b', 'c', 'a'])
})

test('under the pointer nothing moves: new ones go to the end, those that left keep their place', async () => {
  const { set } = await scene(['a', 'b'])
  await set(['a', 'b'], true)
  expect(await set(['c', 'b'])).toEqual(['a', 'b', 'c'])
  expect(await set(['d', 'c', 'b'])).toEqual(['a', 'b', 'c', 'd'])
})

test('when the list is left the order is made good', async () => {
  const { set } = await scene(['a', 'b'])
  await set(['c', 'b'], true)
  expect(await set(['c', 'b'], false)).toEqual(['c', 'b'])
})
