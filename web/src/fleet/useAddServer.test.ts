import { mount } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import { computed, defineComponent, h, nextTick, shallowRef } from 'vue'
import type { Session } from '../api/session.ts'
import { type AddServer, provideAddServer } from './useAddServer.ts'

function scene(scope: string) {
  const session = shallowRef<Session | null>({ name: 'mara', scope })
  const may = computed(() => session.value?.scope === 'admin')
  let addServer: AddServer | undefined
  const App = defineComponent({
    setup() {
      addServer = provideAddServer({ session }, may)
      return () => h('input')
    },
  })
  const app = mount(App, { attachTo: document.body })
  return { app, session, opened: () => addServer?.opened.value }
}

const press = (key: string, target: EventTarget = document.body, more: KeyboardEventInit = {}) =>
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...more }))

afterEach(() => {
  document.body.innerHTML = ''
})

test.each(['n', 'N'])('%s opens the dialog', (key) => {
  const { app, opened } = scene('admin')
  press(key)
  expect(opened()).toBe(true)
  app.unmount()
})

test('not in a field, not with a modifier, not above another dialog', () => {
  const { app, opened } = scene('admin')
  press('n', app.get('input').element)
  press('n', document.body, { ctrlKey: true })
  document.body.append(Object.assign(document.createElement('dialog'), { open: true }))
  press('n')
  expect(opened()).toBe(false)
  app.unmount()
})

test('not for a caller who may not make servers', () => {
  const { app, opened } = scene('operate')
  press('n')
  expect(opened()).toBe(false)
  app.unmount()
})

test('it ends with the session', async () => {
  const { app, session, opened } = scene('admin')
  press('n')
  session.value = null
  await nextTick()
  expect(opened()).toBe(false)
  app.unmount()
})

test('a page that is gone hears no key', () => {
  const { app, opened } = scene('admin')
  app.unmount()
  press('n')
  expect(opened()).toBe(false)
})
