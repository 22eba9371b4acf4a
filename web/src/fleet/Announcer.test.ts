import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { defineComponent, h, nextTick, shallowRef } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { event, NOON, recovery, server } from '../api/fleet-scene.ts'
import { FleetStore } from '../api/fleet-store.ts'
import type { Hub } from '../api/hub.ts'
import { provideToasts, type Toasts } from '../ui/toasts.ts'
import Announcer from './Announcer.vue'
import { provideFleet } from './useFleet.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

async function scene() {
  const store = new FleetStore(() => NOON)
  const version = shallowRef(0)
  const servers = [server('1'), server('2')]
  const know = async (...events: ReturnType<typeof event>[]) => {
    store.replace({ cursor: events.at(-1)?.cursor ?? '', servers })
    store.recall(events)
    version.value++
    await nextTick()
  }
  await know(event(1, '2'))
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/:rest(.*)*', component: { template: '<i />' } }],
  })
  await router.push('/events')
  let toasts: Toasts | undefined
  const Page = defineComponent({
    setup() {
      toasts = provideToasts()
      provideFleet({ fleet: { version, recalled: shallowRef(true), gaps: shallowRef([]), store } } as unknown as Hub)
      return () => h(Announcer)
    },
  })
  const page = mount(Page, { global: { plugins: [router] } })
  return { know, page, toasts: () => toasts?.shown.value ?? [] }
}

test('a server that went and came back is spoken of in that order, and not shown', async () => {
  const { know, page, toasts } = await scene()
  await know(event(1, '2'), event(3, '1'), recovery(5, '1'))
  await vi.advanceTimersByTimeAsync(5_000)
  expect(page.text()).toBe('web-1 went OFFLINE. web-1 is ONLINE.')
  expect(toasts()).toEqual([])
  page.unmount()
})
