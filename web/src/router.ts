import { createRouter, createWebHistory, type RouteLocationNormalized, type Router } from 'vue-router'
import type { Hub } from './api/hub.ts'

export function createPages(hub: Pick<Hub, 'session' | 'enter'>): Router {
  const router = createRouter({
    history: createWebHistory(),
    // A filter that changes the address must not move the page.
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
    routes: [
      { path: '/', name: 'overview', component: () => import('./fleet/OverviewPage.vue') },
      { path: '/servers', name: 'servers', component: () => import('./fleet/ServersPage.vue') },
      { path: '/servers/:id', name: 'server', component: () => import('./server/ServerPage.vue') },
      { path: '/alerts', name: 'alerts', component: () => import('./alerts/AlertsPage.vue') },
      { path: '/alerts/:id', name: 'alert', component: () => import('./alerts/OneAlertPage.vue') },
      { path: '/anomalies/:id', name: 'anomaly', component: () => import('./alerts/OneAnomalyPage.vue') },
      { path: '/events', name: 'events', component: () => import('./events/EventsPage.vue') },
      { path: '/events/:cursor', name: 'event', component: () => import('./events/OneEventPage.vue') },
      { path: '/settings', name: 'settings', component: () => import('./settings/SettingsPage.vue') },
      { path: '/sign-in', name: 'sign-in', component: () => import('./sign-in/SignInPage.vue') },
      { path: '/:rest(.*)*', name: 'not-found', component: () => import('./shell/NotFoundPage.vue') },
    ],
  })

  router.beforeEach(async (to) => {
    if (to.name === 'sign-in') return true
    fetchParts(to)
    const session = hub.session.value === undefined ? await hub.enter() : hub.session.value
    return session === null ? { name: 'sign-in', query: to.path === '/' ? {} : { next: to.fullPath } } : true
  })
  // A page of the build before the hub's upgrade: its files are gone, those of the new one are there.
  router.onError((error, to) => {
    if (/dynamically imported module|Importing a module script failed/.test(String(error))) location.assign(to.fullPath)
  })
  return router
}

/** The page's own files come while the hub is asked who is signed in. One that is missing is found when it is needed. */
function fetchParts({ matched }: RouteLocationNormalized): void {
  for (const { components } of matched) {
    const page: unknown = components?.default
    if (typeof page === 'function') void Promise.resolve(page()).catch(() => {})
  }
}
