import { type InjectionKey, inject, onScopeDispose, type Ref, type ShallowRef, shallowRef } from 'vue'

/** What a key does where it was registered; shown by the sheet of keys. */
export interface KeyCommand {
  /** One key (`a`, `/`, `?`, `escape`), or two after each other (`g o`). */
  readonly key: string
  /** For the sheet; without a name the key is not listed. */
  readonly name: string | undefined
  readonly pressed: (event: KeyboardEvent) => void
  readonly when: () => boolean
}

/** The second key of two must follow this soon. */
const SEQUENCE_MS = 1_500
const STORED = 'single-keys'
const TYPING = 'input:not([type="checkbox"]), textarea, select, [contenteditable]'

/**
 * Single keys as commands. Never while somebody types, never with a modifier: those belong to the browser. What was
 * registered last is asked first, so that a dialog's N goes before the page's. All of them can be switched off.
 */
export class Keys {
  readonly on: Ref<boolean>
  readonly commands: ShallowRef<readonly KeyCommand[]> = shallowRef([])
  #first: { readonly key: string; readonly at: number } | undefined

  constructor(readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
    this.on = shallowRef(storage.getItem(STORED) !== 'off')
  }

  switchOn(on: boolean): void {
    this.on.value = on
    if (on) this.storage.removeItem(STORED)
    else this.storage.setItem(STORED, 'off')
  }

  add(command: KeyCommand): () => void {
    this.commands.value = [command, ...this.commands.value]
    return () => {
      this.commands.value = this.commands.value.filter((other) => other !== command)
    }
  }

  hear(event: KeyboardEvent): void {
    const typing = event.target instanceof HTMLElement && event.target.closest(TYPING)
    const modified = event.ctrlKey || event.metaKey || event.altKey
    if (!this.on.value || typing || modified || event.repeat || event.defaultPrevented) return

    const key = event.key.toLowerCase()
    const before = this.#first && event.timeStamp - this.#first.at < SEQUENCE_MS ? `${this.#first.key} ` : ''
    this.#first = { key, at: event.timeStamp }
    const command = this.#find(before + key) ?? (before ? this.#find(key) : undefined)
    if (!command) return
    this.#first = undefined
    event.preventDefault()
    command.pressed(event)
  }

  #find(key: string): KeyCommand | undefined {
    return this.commands.value.find((command) => command.key === key && command.when())
  }
}

export const KEYS: InjectionKey<Keys> = Symbol('keys')

/** The page's keys; where none were provided, keys that live as long as the component. */
export function useKeys(): Keys {
  return inject(
    KEYS,
    () => {
      const keys = new Keys(localStorage)
      const hear = (event: KeyboardEvent) => keys.hear(event)
      document.addEventListener('keydown', hear)
      onScopeDispose(() => document.removeEventListener('keydown', hear))
      return keys
    },
    true,
  )
}
