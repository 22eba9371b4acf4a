/** The pages that the bar and the phone's tabs lead to. */
export const PAGES = [
  { to: '/', name: 'Overview', icon: 'home' },
  { to: '/servers', name: 'Servers', icon: 'server' },
  { to: '/settings', name: 'Settings', icon: 'more' },
] as const
