import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { defineComponent, h, shallowRef } from 'vue'
import { NOON } from '../api/fleet-scene.ts'
import { FleetStore } from '../api/fleet-store.ts'
import { HUB, type Hub } from '../api/hub.ts'
import type { Span } from './server-filter.ts'
import { provideFleet } from './useFleet.ts'
import { type Strips, useStatusStrips } from './useStatusStrips.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function scene() {
  const answers: ((strip: string[]) => Promise<unknown>)[] = []
  const query = () =>
    new Promise((resolve) => {
      answers.push((statusStrip) => {
        resolve({ data: { servers: { nodes: [{ id: '1', statusStrip }] } } })
        return flushPromises()
      })
    })
  const fleet = {
    version: shallowRef(0),
    recalled: shallowRef(true),
    gaps: shallowRef([]),
    store: new FleetStore(() => NOON),
  }
  const hub = { apollo: { query }, clock: { now: () => NOON }, fleet } as unknown as Hub
  const span = shallowRef<Span>('60m')
  const strips: { value: Strips } = { value: new Map() }
  const Rows = defineComponent({
    setup() {
      const read = useStatusStrips(
        () => ['1'],
        () => span.value,
      )
      return () => {
        strips.value = read.value
        return null
      }
    },
  })
  const Page = defineComponent({
    setup() {
      provideFleet(hub)
      return () => h(Rows)
    },
  })
  const page = mount(Page, { global: { provide: { [HUB as symbol]: hub } } })
  return { answers, span, page, strips: () => Object.fromEntries(strips.value) }
}

test('an answer that comes after the switch to another span is not shown as that of the new one', async () => {
  const { answers, span, page, strips } = scene()
  await vi.advanceTimersByTimeAsync(300)
  span.value = '24h'
  await vi.advanceTimersByTimeAsync(100)
  await answers[0]?.(['ONLINE'])
  expect(strips()).toEqual({})
  await vi.advanceTimersByTimeAsync(300)
  await answers[1]?.(['OFFLINE'])
  expect(strips()).toEqual({ 1: ['OFFLINE'] })
  page.unmount()
})
