import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { computed, defineComponent, h, shallowRef } from 'vue'
import type { LocationQuery } from 'vue-router'
import { HUB, type Hub } from '../api/hub.ts'
import RecordFilters from './RecordFilters.vue'
import { recordFilterOf, recordQueryOf } from './record-filter.ts'

const NOON = Date.parse('2026-11-24T12:00:00Z')

/** The filters with nothing kept but the address. */
function page() {
  const query = shallowRef<LocationQuery>({})
  const filter = computed({
    get: () => recordFilterOf(query.value),
    set: (next) => (query.value = recordQueryOf(next) as LocationQuery),
  })
  const Page = defineComponent({
    setup: () => () =>
      h(RecordFilters, {
        files: { CSV: '', JSON: '' },
        modelValue: filter.value,
        'onUpdate:modelValue': (next) => (filter.value = next),
      }),
  })
  const hub = {
    clock: { now: () => NOON + 42_000 },
    fleet: { version: shallowRef(0), recalled: shallowRef(true), store: { byName: () => [] } },
  } as unknown as Hub
  return { query, page: mount(Page, { global: { provide: { [HUB as symbol]: hub } } }) }
}

test('between two moments begins with the last 24 h, and is there to be changed', async () => {
  const { query, page: shown } = page()
  await shown.get('button[aria-label="Filter by time"]').trigger('click')
  await shown
    .findAll('button')
    .find((button) => button.text() === 'Between …')
    ?.trigger('click')
  expect(query.value).toEqual({ since: '2026-11-23T12:00:00.000Z' })
  expect(shown.findAll<HTMLInputElement>('.time-range input').map(({ element }) => element.value)).toEqual([
    '2026-11-23T12:00',
    '',
  ])
})
