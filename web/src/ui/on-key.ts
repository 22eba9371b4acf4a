import { onScopeDispose } from 'vue'

/** A single key as a command. Never while somebody types, never with a modifier: those belong to the browser. */
export function onKey(key: string, pressed: () => void, when: () => boolean = () => true): void {
  function heard(event: KeyboardEvent) {
    const typing =
      event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [contenteditable]')
    const modified = event.ctrlKey || event.metaKey || event.altKey
    if (event.key.toLowerCase() !== key || typing || modified || event.repeat || event.defaultPrevented || !when())
      return
    event.preventDefault()
    pressed()
  }
  document.addEventListener('keydown', heard)
  onScopeDispose(() => document.removeEventListener('keydown', heard))
}
