import { type InjectionKey, inject, provide, type ShallowRef, shallowRef } from 'vue'

export interface Toast {
  readonly id: number
  readonly kind: 'done' | 'refused' | 'offline'
  readonly said: string
  readonly more: string
  readonly action: ToastAction | undefined
}

/** What can be done about it: Undo, Try again. The toast goes with it. */
export interface ToastAction {
  readonly name: string
  run(): void
}

export interface Toasts {
  readonly shown: Readonly<ShallowRef<readonly Toast[]>>
  /** Gone by itself after 6 s. */
  done(said: string, more?: string, action?: ToastAction): void
  /** Stays until it is dismissed: somebody must know. */
  refused(said: string, more?: string, action?: ToastAction): void
  /** Of servers that went OFFLINE; gone by itself, because the page and its title go on saying so. */
  offline(said: string, more?: string, action?: ToastAction): void
  dismiss(id: number): void
}

const TOASTS: InjectionKey<Toasts> = Symbol('toasts')
const AT_MOST = 3
const DONE_FOR_MS = 6_000

export function provideToasts(): Toasts {
  const shown = shallowRef<readonly Toast[]>([])
  let last = 0
  const dismiss = (id: number) => {
    shown.value = shown.value.filter((toast) => toast.id !== id)
  }
  const show = (kind: Toast['kind'], said: string, more = '', action?: ToastAction) => {
    const id = ++last
    shown.value = [...shown.value, { id, kind, said, more, action }].slice(-AT_MOST)
    if (kind !== 'refused') setTimeout(() => dismiss(id), DONE_FOR_MS)
  }
  const toasts: Toasts = {
    shown,
    dismiss,
    done: (said, more, action) => show('done', said, more, action),
    offline: (said, more, action) => show('offline', said, more, action),
    refused: (said, more, action) => show('refused', said, more, action),
  }
  provide(TOASTS, toasts)
  return toasts
}

export function useToasts(): Toasts {
  const toasts = inject(TOASTS)
  if (!toasts) throw new Error('No toasts were provided.')
  return toasts
}
