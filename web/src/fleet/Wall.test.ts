import { flushPromises, mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { NOON, server } from '../api/fleet-scene.ts'
import { FleetStore } from '../api/fleet-store.ts'
import { countKinds } from './server-groups.ts'
import Wall from './Wall.vue'
import WallGroup from './WallGroup.vue'

test('a finger opens the server that it taps, though no pointer has moved there', async () => {
  const store = new FleetStore(() => NOON)
  store.replace({ cursor: 'c1', servers: [server('1'), server('2')] })
  const routes = [{ path: '/:rest(.*)*', component: { template: '<i />' } }]
  const router = createRouter({ history: createMemoryHistory(), routes })
  await router.push('/')
  const rows = store.byName()
  const groups = [{ id: '', rows, counts: countKinds(rows) }]
  const wall = mount(Wall, {
    props: { groups, named: false },
    global: { plugins: [router], stubs: { HoverCard: true } },
  })
  wall.getComponent(WallGroup).vm.$emit('point', -1)
  wall.getComponent(WallGroup).vm.$emit('open', 1)
  await flushPromises()
  expect(router.currentRoute.value.path).toBe('/servers/2')
  wall.unmount()
})
