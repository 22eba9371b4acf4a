import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { defineComponent, h } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { useFollowLinks } from './useFollowLinks.ts'

/** A list of one link, and where the page is after a click on it. */
async function clicked(href: string, click: MouseEventInit = {}) {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:all(.*)*', component: {} }] })
  await router.push('/servers')
  const List = defineComponent(() => {
    const follow = useFollowLinks()
    return () => h('ol', { onClick: follow }, h('li', h('a', { href }, h('b', 'web-1'))))
  })
  const list = mount(List, { global: { plugins: [router] } })
  const event = new MouseEvent('click', { bubbles: true, cancelable: true, ...click })
  list.get('b').element.dispatchEvent(event)
  await router.isReady()
  await new Promise((resolve) => setTimeout(resolve))
  return { path: router.currentRoute.value.path, left: !event.defaultPrevented }
}

test('a plain click on a link of the page is followed here', async () => {
  expect(await clicked('/servers/7')).toEqual({ path: '/servers/7', left: false })
})

test.each<[string, string, MouseEventInit]>([
  ['a new tab', '/servers/7', { ctrlKey: true }],
  ['a new tab', '/servers/7', { metaKey: true }],
  ['a new window', '/servers/7', { shiftKey: true }],
  ['a download', '/servers/7', { altKey: true }],
  ['a click of another button', '/servers/7', { button: 1 }],
  ['another site', 'https://example.org/', {}],
])('%s is the browser’s', async (_what, href, click) => {
  expect(await clicked(href, click)).toEqual({ path: '/servers', left: true })
})
