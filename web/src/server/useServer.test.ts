import { mount } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import { defineComponent, nextTick, shallowRef } from 'vue'
import { HUB, type Hub } from '../api/hub.ts'
import { serverOf } from './server-scene.ts'
import { useServer } from './useServer.ts'

const ONLINE = { status: 'ONLINE', statusReason: 'HEALTHY' } as const

/** A page whose server is read, and whose fleet tells, when the test says so. */
function scene() {
  const rows = new Map<string, { status: string; reason: string }>()
  const version = shallowRef(0)
  const refetch = vi.fn(async () => ({}))
  let heard: (result: unknown) => void = () => {}
  const subscribe = (next: typeof heard) => {
    heard = next
    return { unsubscribe: () => {} }
  }
  const hub = {
    apollo: { watchQuery: () => ({ subscribe, refetch }) },
    connection: { epoch: shallowRef(1), line: undefined },
    fleet: { version, store: { rows } },
  } as unknown as Hub
  const Page = defineComponent({
    setup() {
      useServer(() => '1')
      return () => null
    },
  })
  const page = mount(Page, { global: { provide: { [HUB as symbol]: hub } } })
  const read = async () => {
    heard({ dataState: 'complete', data: { server: serverOf('1', ONLINE) }, loading: false })
    await nextTick()
  }
  const tell = async (status: string, reason: string) => {
    rows.set('1', { status, reason })
    version.value++
    await nextTick()
  }
  return { page, refetch, read, tell }
}

test('a change between the reading of a server and the beginning of its stream is read again', async () => {
  const { page, refetch, read, tell } = scene()
  await read()
  await tell('ONLINE', 'HEALTHY')
  expect(refetch).not.toHaveBeenCalled()
  await tell('OFFLINE', 'HEARTBEAT_EXPIRED')
  expect(refetch).toHaveBeenCalledOnce()
  page.unmount()
})

test('so is a server that was read before the change of which the fleet knows already', async () => {
  const { page, refetch, read, tell } = scene()
  await tell('OFFLINE', 'HEARTBEAT_EXPIRED')
  expect(refetch).not.toHaveBeenCalled()
  await read()
  expect(refetch).toHaveBeenCalledOnce()
  page.unmount()
})
