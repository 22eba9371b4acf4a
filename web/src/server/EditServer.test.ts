import { CombinedGraphQLErrors } from '@apollo/client'
import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import EditServer from './EditServer.vue'
import { partOfPage, serverOf } from './server-scene.ts'

const REFUSED = new CombinedGraphQLErrors({ errors: [{ message: 'No.', extensions: { code: 'CONFLICT' } }] })
const dialog = () => document.querySelector('dialog')

afterEach(() => {
  document.body.innerHTML = ''
})

async function saved() {
  const page = await partOfPage(EditServer, { server: serverOf('1') })
  await flushPromises()
  dialog()?.querySelector('form')?.dispatchEvent(new Event('submit'))
  await flushPromises()
  expect(dialog()).toBeNull()
  return page
}

test('where the hub refuses, the dialog is back', async () => {
  const { wrapper, answers, toasts } = await saved()
  answers[0]?.reject(REFUSED)
  await flushPromises()
  expect(dialog()?.textContent).toContain('No.')
  expect(toasts()).toEqual([])
  wrapper.unmount()
})

test('who is elsewhere by then is told there, with the way back', async () => {
  const { wrapper, answers, toasts, router } = await saved()
  await wrapper.setProps({ shown: false })
  await router.push('/events')
  answers[0]?.reject(REFUSED)
  await flushPromises()
  expect(dialog()).toBeNull()
  expect(toasts()).toMatchObject([{ kind: 'refused', said: 'Not changed: web-1', more: 'No.' }])
  toasts()[0]?.action?.run()
  await flushPromises()
  expect(router.currentRoute.value.path).toBe('/servers/1')
  wrapper.unmount()
})

test('what somebody else changes while one types is not written back', async () => {
  const { wrapper, mutate } = await partOfPage(EditServer, { server: serverOf('1') })
  await flushPromises()
  await wrapper.setProps({ more: { server: serverOf('1', { offlineAfterSeconds: 120 }) } })
  const description = document.querySelectorAll('input')[2] as HTMLInputElement
  description.value = 'the new one'
  description.dispatchEvent(new Event('input'))
  dialog()?.querySelector('form')?.dispatchEvent(new Event('submit'))
  await flushPromises()
  expect(mutate.mock.calls[0]?.[0].variables).toEqual({ id: '1', input: { description: 'the new one' } })
  wrapper.unmount()
})
