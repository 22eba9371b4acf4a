import { mount } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import { shallowRef } from 'vue'
import { HUB } from '../api/hub.ts'
import RecordRow from './RecordRow.vue'

afterEach(() => {
  document.body.innerHTML = ''
})

function row() {
  const session = shallowRef({ name: 'ada', scope: 'OPERATE' })
  const page = mount(RecordRow<'Acknowledge' | 'Resolve'>, {
    props: {
      record: { message: 'CPU is high', active: true },
      about: '',
      verbs: ['Acknowledge', 'Resolve'] as const,
      asking: false,
      refused: '',
      doing: null,
      'onUpdate:doing': (doing) => page.setProps({ doing }),
    },
    global: { provide: { [HUB as symbol]: { session } } },
    attachTo: document.body,
  })
  const button = (name: string) => page.findAll<HTMLElement>('button').find((one) => one.text() === name)
  const press = async (name: string) => {
    button(name)?.element.focus()
    await button(name)?.trigger('click')
    await page.vm.$nextTick()
  }
  return { page, press, focused: () => document.activeElement?.textContent }
}

test('cancelled, the note gives the focus back to the button that opened it', async () => {
  const { page, press, focused } = row()
  await press('Resolve')
  await press('Cancel')
  expect(focused()).toBe('Resolve')
  page.unmount()
})

test('done, the focus goes to what can be done then, or stays on the row', async () => {
  const { page, press, focused } = row()
  await press('Acknowledge')
  page.findAll<HTMLElement>('button').at(-1)?.element.focus()
  await page.setProps({ doing: null, verbs: ['Resolve'] })
  expect(focused()).toBe('Resolve')
  await press('Resolve')
  page.findAll<HTMLElement>('button').at(-1)?.element.focus()
  await page.setProps({ doing: null, record: { message: 'CPU is high', active: false } })
  expect(document.activeElement?.className).toBe('alert-row')
  page.unmount()
})
