import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { HUB, type Hub } from '../api/hub.ts'
import SignInPage from './SignInPage.vue'

async function page(answer: Response, at = '/sign-in') {
  const fetch = vi.fn(async () => answer)
  const hub = { fetch, enter: vi.fn(async () => null) } as unknown as Hub
  const nothing = { template: '<i />' }
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/sign-in', component: SignInPage },
      { path: '/:rest(.*)*', component: nothing },
    ],
  })
  await router.push(at)
  const wrapper = mount(SignInPage, {
    global: { plugins: [router], provide: { [HUB as symbol]: hub } },
    attachTo: document.body,
  })
  await flushPromises()
  return { wrapper, fetch, hub, router }
}

beforeEach(() => history.replaceState(null, '', '/sign-in'))
afterEach(() => {
  document.body.innerHTML = ''
})

test('the code of a one-time link is presented at once and leaves the address', async () => {
  history.replaceState(null, '', '/sign-in#code=ssc_1')
  const { fetch, hub, router } = await page(new Response(null, { status: 204 }))
  expect(fetch).toHaveBeenCalledExactlyOnceWith('/api/session', expect.objectContaining({ body: '{"code":"ssc_1"}' }))
  expect(location.hash).toBe('')
  expect(hub.enter).toHaveBeenCalledOnce()
  expect(router.currentRoute.value.path).toBe('/')
})

test('a refused token is told at its field', async () => {
  const { wrapper } = await page(new Response('{}', { status: 401 }))
  await wrapper.get('input').setValue('ssk_bad')
  await wrapper.get('form').trigger('submit')
  await flushPromises()
  const input = wrapper.get('input')
  expect(input.attributes('aria-invalid')).toBe('true')
  expect(wrapper.get(`#${input.attributes('aria-describedby')}`).text()).toContain('revoked')
})

test('nothing is asked of the hub without a token', async () => {
  const { wrapper, fetch } = await page(new Response(null, { status: 204 }))
  await wrapper.get('form').trigger('submit')
  expect(fetch).not.toHaveBeenCalled()
  expect(wrapper.text()).toContain('An API token is needed')
})

test('it leads to where the person wanted to go, and to no other site', async () => {
  history.replaceState(null, '', '/sign-in#code=ssc_1')
  const { router } = await page(new Response(null, { status: 204 }), '/sign-in?next=/servers/7')
  expect(router.currentRoute.value.path).toBe('/servers/7')

  history.replaceState(null, '', '/sign-in#code=ssc_1')
  const other = await page(new Response(null, { status: 204 }), '/sign-in?next=https://evil.example')
  expect(other.router.currentRoute.value.path).toBe('/')
})
