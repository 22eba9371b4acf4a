import { mount } from '@vue/test-utils'
import { vi } from 'vitest'
import { type Component, defineComponent, h } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { HUB, type Hub } from '../api/hub.ts'
import { provideToasts, type Toasts } from '../ui/toasts.ts'
import type { ServerDetails } from './useServer.ts'

export function serverOf(id: string, part: Partial<ServerDetails> = {}): ServerDetails {
  return {
    id,
    name: `web-${id}`,
    tags: [],
    description: '',
    suspended: false,
    offlineAfterSeconds: 60,
    alertLimits: { cpuPercent: 80, memoryPercent: 90, diskPercent: 90 },
    ...part,
  } as unknown as ServerDetails
}

/** Part of a server's page beside its toasts, with a hub that is slow: each call is answered when the test says so. */
export async function partOfPage(part: Component, props: Record<string, unknown>) {
  const answers: { resolve(data: unknown): void; reject(error: unknown): void }[] = []
  const mutate = vi.fn(
    (_: { readonly mutation: unknown; readonly variables: unknown }) =>
      new Promise((resolve, reject) => answers.push({ resolve: (data) => resolve({ data }), reject })),
  )
  const routes = [{ path: '/:rest(.*)*', component: { template: '<i />' } }]
  const router = createRouter({ history: createMemoryHistory(), routes })
  await router.push('/servers/1')

  let toasts: Toasts | undefined
  const Page = defineComponent({
    props: { shown: { type: Boolean, default: true }, more: { type: Object, default: () => ({}) } },
    setup(page) {
      toasts = provideToasts()
      return () => (page.shown ? h(part, { ...props, ...page.more }) : null)
    },
  })
  const hub = { apollo: { mutate } } as unknown as Hub
  const wrapper = mount(Page, {
    global: { plugins: [router], provide: { [HUB as symbol]: hub } },
    attachTo: document.body,
  })
  return { wrapper, router, mutate, answers, toasts: () => toasts?.shown.value ?? [] }
}
