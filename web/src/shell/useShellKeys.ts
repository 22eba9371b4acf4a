import { useRouter } from 'vue-router'
import { onKey } from '../ui/on-key.ts'
import { switchTheme } from '../ui/theme.ts'
import { PAGES } from './pages.ts'

/** The keys that work on every page: to go to another, to change the look, to ask for help. */
export function useShellKeys(showKeys: () => void): void {
  const router = useRouter()
  for (const { to, name, key } of PAGES) {
    if (key) onKey(key, () => void router.push(to), { name: `Go to ${name}` })
  }
  onKey('t', switchTheme, { name: 'Light or dark' })
  onKey('?', showKeys, { name: 'All keys' })
}
