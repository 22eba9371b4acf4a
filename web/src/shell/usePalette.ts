import { onScopeDispose, type Ref, ref } from 'vue'
import { noDialog } from '../ui/on-key.ts'

/** Opens and closes the palette by ⌘K or Ctrl K, also while somebody types; not above another dialog. */
export function usePalette(): Ref<boolean> {
  const opened = ref(false)
  function heard(event: KeyboardEvent) {
    if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey) return
    if (!opened.value && !noDialog()) return
    event.preventDefault()
    opened.value = !opened.value
  }
  document.addEventListener('keydown', heard)
  onScopeDispose(() => document.removeEventListener('keydown', heard))
  return opened
}
