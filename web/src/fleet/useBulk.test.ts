import { CombinedGraphQLErrors } from '@apollo/client'
import { flushPromises, mount } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import { defineComponent, shallowRef } from 'vue'
import type { FleetRow } from '../api/fleet-store.ts'
import { HUB, type Hub } from '../api/hub.ts'
import { provideToasts, type Toasts } from '../ui/toasts.ts'
import { useBulk } from './useBulk.ts'
import { provideFleet } from './useFleet.ts'

const WEB_1 = { id: '1', name: 'web-1', tags: ['prod'] } as unknown as FleetRow
const REFUSED = new CombinedGraphQLErrors({ errors: [{ message: 'No.', extensions: { code: 'UNAVAILABLE' } }] })

function scene() {
  const mutate = vi.fn(async (_: { readonly variables: unknown }) => ({}))
  const hub = {
    apollo: { mutate },
    clock: { now: Date.now },
    fleet: {
      version: shallowRef(0),
      recalled: shallowRef(true),
      gaps: [],
      store: { rows: new Map(), byName: () => [], feed: [], cursor: '1' },
    },
  } as unknown as Hub

  let toasts: Toasts | undefined
  let bulk: ReturnType<typeof useBulk> | undefined
  const Bar = defineComponent({
    setup() {
      bulk = useBulk()
      return () => null
    },
  })
  const Page = defineComponent({
    components: { Bar },
    setup() {
      toasts = provideToasts()
      provideFleet(hub)
    },
    template: '<Bar />',
  })
  const page = mount(Page, { global: { provide: { [HUB as symbol]: hub } } })
  const last = () => toasts?.shown.value.at(-1)
  const press = async (name: string) => {
    expect(last()?.action?.name).toBe(name)
    last()?.action?.run()
    await flushPromises()
  }
  if (!bulk) throw new Error('The bar is part of the page')
  return { page, bulk, mutate, last, press }
}

test('tags whose undoing the hub refuses are restored when it is tried again', async () => {
  const { page, bulk, mutate, last, press } = scene()
  bulk.tag([WEB_1], { add: ['night'], remove: [] })
  await flushPromises()
  expect(mutate).toHaveBeenLastCalledWith(expect.objectContaining({ variables: { id: '1', tags: ['prod', 'night'] } }))

  mutate.mockRejectedValueOnce(REFUSED)
  await press('Undo')
  expect(last()?.kind).toBe('refused')
  await press('Try again')
  expect(mutate).toHaveBeenCalledTimes(3)
  expect(mutate).toHaveBeenLastCalledWith(expect.objectContaining({ variables: { id: '1', tags: ['prod'] } }))
  expect(last()?.said).toBe('Retagged web-1')
  page.unmount()
})
