import { createRouter, createWebHistory, type Router } from 'vue-router'
import type { Hub } from './api/hub.ts'

export function createPages(hub: Pick<Hub, 'session' | 'enter'>): Router {
  const router = createRouter({
    history: createWebHistory(),
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
    routes: [
      { path: '/', name: 'overview', component: () => import('./fleet/OverviewPage.vue') },
      { path: '/sign-in', name: 'sign-in', component: () => import('./sign-in/SignInPage.vue') },
      { path: '/:rest(.*)*', name: 'not-found', component: () => import('./shell/NotFoundPage.vue') },
    ],
  })

  router.beforeEach(async (to) => {
    if (to.name === 'sign-in') return true
    const session = hub.session.value === undefined ? await hub.enter() : hub.session.value
    return session === null ? { name: 'sign-in', query: to.path === '/' ? {} : { next: to.fullPath } } : true
  })
  return router
}
