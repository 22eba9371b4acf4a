import { flushPromises, mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { createMemoryHistory, createRouter, useRoute } from 'vue-router'
import PageView from './PageView.vue'

/** A page that keeps what it began with, as one does that waits for an answer. */
const ServerPage = {
  setup: () => ({ begunFor: useRoute().params.id }),
  template: '<main>{{ begunFor }} {{ $route.fullPath }}</main>',
}

async function scene() {
  const routes = [{ path: '/servers/:id', component: ServerPage }]
  const router = createRouter({ history: createMemoryHistory(), routes })
  await router.push('/servers/1')
  const wrapper = mount(PageView, { global: { plugins: [router] } })
  const go = async (to: string) => {
    await router.push(to)
    await flushPromises()
    return wrapper.get('main')
  }
  return { go, page: () => wrapper.get('main') }
}

test('another server is another page, on which nothing is left of the one before', async () => {
  const { go } = await scene()
  expect((await go('/servers/2')).text()).toBe('2 /servers/2')
  expect((await go('/servers/1')).text()).toBe('1 /servers/1')
})

test('another range is the same page', async () => {
  const { go, page } = await scene()
  const before = page().element
  const after = await go('/servers/1?range=7d')
  expect(after.text()).toBe('1 /servers/1?range=7d')
  expect(after.element).toBe(before)
})
