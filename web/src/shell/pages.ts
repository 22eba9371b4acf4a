/** The pages that the bar, the phone's tabs and keys lead to. */
export const PAGES = [
  { to: '/', name: 'Overview', icon: 'home', key: 'g o' },
  { to: '/servers', name: 'Servers', icon: 'server', key: 'g s' },
  { to: '/alerts', name: 'Alerts', icon: 'bell', key: 'g a' },
  { to: '/events', name: 'Events', icon: 'clock', key: 'g e' },
  { to: '/settings', name: 'Settings', icon: 'more', key: null },
] as const
