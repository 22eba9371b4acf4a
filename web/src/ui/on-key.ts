import { onScopeDispose } from 'vue'
import { useKeys } from './keys.ts'

/** No key of a page works below an open dialog. */
export const noDialog = () => document.querySelector('dialog[open]') === null

/** Lists on the sheet of keys what a part of the page does with keys by itself, while it has the focus. */
export function listKey(key: string, name: string): void {
  onScopeDispose(useKeys().add({ key, name, pressed: () => {}, when: () => false }))
}

/**
 * A single key as a command, as long as the component lives. With a name the sheet of keys lists it. Keys work while no
 * dialog is open, unless `when` says otherwise.
 */
export function onKey(
  key: string,
  pressed: (event: KeyboardEvent) => void,
  { name, when = noDialog }: { readonly name?: string; readonly when?: () => boolean } = {},
): void {
  onScopeDispose(useKeys().add({ key, name, pressed, when }))
}
