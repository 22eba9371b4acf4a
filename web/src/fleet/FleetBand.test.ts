import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { defineComponent, h, shallowRef } from 'vue'
import type { Hub } from '../api/hub.ts'
import { provideMoment } from '../ui/moment.ts'
import FleetBand from './FleetBand.vue'
import { provideFleet } from './useFleet.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const DAY_MS = 86_400_000

test.each([
  [0, 'now'],
  [120_000, 'now'],
  [120_001, '12:00'],
  [DAY_MS, 'Thu 12:00'],
])('%i ms after it was read the band ends "%s"', (age, end) => {
  const store = { rows: new Map(), byName: () => [], feed: [], cursor: '1' }
  const hub = { fleet: { version: shallowRef(0), recalled: shallowRef(true), gaps: [], store } } as unknown as Hub
  const Page = defineComponent({
    setup() {
      provideMoment(shallowRef(NOON + age), () => true)
      provideFleet(hub)
      return () => h(FleetBand, { buckets: [], from: NOON - DAY_MS, until: NOON })
    },
  })
  const page = mount(Page)
  expect(page.get('.axis .end').text().replace('\u00a0', ' ')).toBe(end)
  page.unmount()
})
