import { useRouter } from 'vue-router'
import { useKeys } from '../ui/keys.ts'
import { useNotifications } from '../ui/notifications.ts'
import type { PaletteItem } from '../ui/palette.ts'
import { chooseTheme } from '../ui/theme.ts'
import { PAGES } from './pages.ts'

/** What the palette offers on every page: where keys lead to, and what is done too seldom for a key. */
export function usePaletteCommands(showKeys: () => void): () => readonly PaletteItem[] {
  const router = useRouter()
  const keys = useKeys()
  const notifications = useNotifications()
  return () => [
    ...PAGES.map(({ to, name, icon, key }) => ({
      id: `go ${to}`,
      icon,
      name: `Go to ${name}`,
      ...(key && { key }),
      run: () => void router.push(to),
    })),
    { id: 'wall', icon: 'grid', name: 'Show the wall', run: () => void router.push('/servers?view=wall') },
    {
      id: 'wallboard',
      icon: 'grid',
      name: 'Wallboard, for a screen that hangs',
      run: () => void router.push('/?wall'),
    },
    { id: 'light', icon: 'theme', name: 'Theme: light', key: 't', run: () => chooseTheme('light') },
    { id: 'dark', icon: 'theme', name: 'Theme: dark', key: 't', run: () => chooseTheme('dark') },
    { id: 'system', icon: 'theme', name: 'Theme: as the system', run: () => chooseTheme('system') },
    ...(notifications.state.value === 'on'
      ? [{ id: 'quiet', icon: 'bell', name: 'Stop notifying me', run: () => notifications.switchOff() }]
      : notifications.state.value === 'off'
        ? [{ id: 'notify', icon: 'bell', name: 'Notify me of new problems', run: () => void notifications.switchOn() }]
        : []),
    { id: 'keys', icon: 'more', name: 'All keys', key: '?', run: showKeys },
    {
      id: 'single-keys',
      icon: 'more',
      name: keys.on.value ? 'Switch single keys off' : 'Switch single keys on',
      run: () => keys.switchOn(!keys.on.value),
    },
  ]
}
