import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { defineComponent, h } from 'vue'
import { ResumeServerDocument, SuspendServerDocument } from '../api/generated/graphql.ts'
import { partOfPage, serverOf } from './server-scene.ts'
import type { ServerDetails } from './useServer.ts'
import { useSuspend } from './useSuspend.ts'

const Head = defineComponent({
  props: { server: { type: Object, required: true } },
  setup(props) {
    const { toggle } = useSuspend(() => props.server as ServerDetails)
    return () => h('button', { onClick: toggle })
  },
})

test.each([
  { suspended: false, said: 'Suspended web-1', first: SuspendServerDocument, opposite: ResumeServerDocument },
  { suspended: true, said: 'Resumed web-1', first: ResumeServerDocument, opposite: SuspendServerDocument },
])('undone is what was done, to the server it was done to: $said', async ({ suspended, said, first, opposite }) => {
  const { wrapper, mutate, answers, toasts } = await partOfPage(Head, { server: serverOf('1', { suspended }) })
  await wrapper.get('button').trigger('click')
  answers[0]?.resolve({})
  await flushPromises()
  expect(mutate).toHaveBeenLastCalledWith(expect.objectContaining({ mutation: first, variables: { id: '1' } }))
  expect(toasts()).toMatchObject([{ said, action: { name: 'Undo' } }])

  await wrapper.setProps({ more: { server: serverOf('2', { suspended }) } })
  toasts()[0]?.action?.run()
  expect(mutate).toHaveBeenLastCalledWith(expect.objectContaining({ mutation: opposite, variables: { id: '1' } }))
  wrapper.unmount()
})

test('it is undone after its page was left, too', async () => {
  const { wrapper, mutate, answers, toasts } = await partOfPage(Head, { server: serverOf('1') })
  await wrapper.get('button').trigger('click')
  answers[0]?.resolve({})
  await flushPromises()
  await wrapper.setProps({ shown: false })
  toasts()[0]?.action?.run()
  expect(mutate).toHaveBeenLastCalledWith(expect.objectContaining({ mutation: ResumeServerDocument }))
  answers[1]?.resolve({})
  await flushPromises()
  expect(toasts().at(-1)?.said).toBe('Resumed web-1')
  wrapper.unmount()
})
