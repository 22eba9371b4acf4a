import { mount } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import { defineComponent, h, nextTick, shallowRef } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { iso, NOON, server } from '../api/fleet-scene.ts'
import { FleetStore } from '../api/fleet-store.ts'
import { HUB, type Hub } from '../api/hub.ts'
import { provideToasts } from '../ui/toasts.ts'
import NeedYou from './NeedYou.vue'
import { provideFleet, useFleet } from './useFleet.ts'

afterEach(() => {
  document.body.innerHTML = ''
})

/** Servers that are OFFLINE, each since so many seconds before noon, and a person who may acknowledge them. */
async function scene(first: Readonly<Record<string, number>>) {
  const store = new FleetStore(() => NOON)
  const version = shallowRef(0)
  const tell = async (since: Readonly<Record<string, number>>) => {
    const servers = Object.entries(since).map(([id, seconds]) =>
      server(id, { status: 'OFFLINE', statusReason: 'HEARTBEAT_EXPIRED', statusSince: iso(-seconds) }),
    )
    store.replace({ cursor: 'c1', servers })
    version.value++
    await nextTick()
    await nextTick()
  }
  await tell(first)
  const hub = {
    apollo: { mutate: () => new Promise(() => {}) },
    clock: { now: () => NOON },
    session: shallowRef({ name: 'ada', scope: 'OPERATE' }),
    fleet: { version, recalled: shallowRef(true), gaps: shallowRef([]), store },
  } as unknown as Hub
  const routes = [{ path: '/:rest(.*)*', component: { template: '<i />' } }]
  const router = createRouter({ history: createMemoryHistory(), routes })
  const Rows = defineComponent({
    setup() {
      const fleet = useFleet()
      return () => h(NeedYou, { rows: fleet.rows.value })
    },
  })
  const Page = defineComponent({
    setup() {
      provideToasts()
      provideFleet(hub)
      return () => h(Rows)
    },
  })
  const page = mount(Page, {
    global: { plugins: [router], provide: { [HUB as symbol]: hub } },
    attachTo: document.body,
  })
  const press = async (key: string) => {
    const at = document.activeElement ?? document.body
    at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
    await nextTick()
    await nextTick()
    return document.activeElement?.textContent
  }
  return { page, press, tell, shown: () => page.findAll('.problem-list .name').map((name) => name.text()) }
}

test('acknowledged by key, a problem gives its place in the walk to the next one', async () => {
  const { page, press } = await scene({ 1: 10, 2: 20, 3: 30 })
  const [first, second, third] = page.findAll('.problem-list .name').map((name) => name.text())
  expect(await press('j')).toBe(first)
  await press('a')
  expect(await press('j')).toBe(second)
  await press('a')
  expect(await press('j')).toBe(third)
  page.unmount()
})

test('backwards it goes on with the one before', async () => {
  const { page, press } = await scene({ 1: 10, 2: 20, 3: 30 })
  const [first, second] = page.findAll('.problem-list .name').map((name) => name.text())
  await press('j')
  expect(await press('j')).toBe(second)
  await press('a')
  expect(await press('k')).toBe(first)
  page.unmount()
})

test('a list whose focused row is taken away, told or not, no longer keeps its order', async () => {
  const { page, press, tell, shown } = await scene({ 1: 10, 2: 20, 3: 30 })
  const list = page.get('.problem-list').element
  list.addEventListener('focusout', (event) => event.stopImmediatePropagation(), true)
  expect(await press('j')).toBe(shown()[0])
  await press('a')
  const [one, other] = shown()
  await tell({ 1: 10, 2: 30, 3: 20 })
  expect(shown().slice(0, 2)).toEqual([other, one])
  page.unmount()
})
