import { expect, test, vi } from 'vitest'
import { nextTick, shallowRef } from 'vue'
import type { Outcome } from '../api/useMutation.ts'
import { useRecordAct } from './useRecordAct.ts'

function scene() {
  const told = shallowRef('active')
  const changed = vi.fn()
  let answer = (_outcome: Outcome<object>) => {}
  const ask = () => new Promise<Outcome<object>>((resolve) => (answer = resolve))
  return {
    told,
    changed,
    ask,
    answer: (outcome: Outcome<object>) => answer(outcome),
    ...useRecordAct(() => told.value, changed),
  }
}

test('it is shown as done at once, and until the hub’s own word has come', async () => {
  const { told, shown, act, ask, answer, changed } = scene()
  const done = act('resolved', ask)
  expect(shown.value).toBe('resolved')
  answer({ data: {} })
  expect(await done).toBe(true)
  expect(changed).toHaveBeenCalledOnce()
  expect(shown.value).toBe('resolved')
  told.value = 'resolved by the hub'
  await nextTick()
  expect(shown.value).toBe('resolved by the hub')
})

test('it is taken back where the hub refuses, with why', async () => {
  const { shown, act, ask, answer, changed, refused } = scene()
  const done = act('resolved', ask)
  answer({ refused: { code: 'CONFLICT', field: undefined, message: 'It is resolved already.' } })
  expect(await done).toBe(false)
  expect(shown.value).toBe('active')
  expect(refused.value).toBe('It is resolved already.')
  expect(changed).not.toHaveBeenCalled()
})
