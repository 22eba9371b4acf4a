import { mount } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import { defineComponent, shallowRef } from 'vue'
import { HUB, type Hub } from '../api/hub.ts'
import { provideToasts } from '../ui/toasts.ts'
import Acknowledgement from './Acknowledgement.vue'
import { serverOf } from './server-scene.ts'
import type { ServerDetails } from './useServer.ts'

afterEach(() => {
  document.body.innerHTML = ''
})

async function opened() {
  const server = shallowRef(serverOf('1', { statusAcknowledgement: null }))
  const Page = defineComponent({
    components: { Acknowledgement },
    setup() {
      provideToasts()
      return { server, open: shallowRef(false) }
    },
    template: `<button v-if="!server.statusAcknowledgement" id="opener" @click="open = true">Acknowledge…</button>
      <Acknowledgement v-model:open="open" :server="server" />`,
  })
  const hub = { session: shallowRef({ name: 'ada', scope: 'OPERATE' }), apollo: {} } as unknown as Hub
  const page = mount(Page, { global: { provide: { [HUB as symbol]: hub } }, attachTo: document.body })
  page.get<HTMLElement>('#opener').element.focus()
  await page.get('#opener').trigger('click')
  page.get<HTMLElement>('form .quiet').element.focus()
  return { page, server, focused: () => document.activeElement?.closest('button')?.textContent }
}

test('cancelled, the note gives the focus back to the button that opened it', async () => {
  const { page, focused } = await opened()
  await page.get('form .quiet').trigger('click')
  await page.vm.$nextTick()
  expect(focused()).toBe('Acknowledge…')
  page.unmount()
})

test('done, the focus goes to what takes it back', async () => {
  const { page, server, focused } = await opened()
  const statusAcknowledgement = {
    by: 'ada',
    at: '2026-11-24T12:00:00Z',
    note: null,
  } as ServerDetails['statusAcknowledgement']
  server.value = { ...server.value, statusAcknowledgement }
  await page.vm.$nextTick()
  await page.vm.$nextTick()
  expect(focused()).toBe('Take back')
  page.unmount()
})
