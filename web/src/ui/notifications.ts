import { type InjectionKey, inject, type Ref, shallowRef } from 'vue'

export type NotificationState = 'on' | 'off' | 'refused' | 'unsupported'

const STORED = 'notifications'

/** The browser's own notifications: only where the person has asked for them, and only of a page that is not looked at. */
export class Notifications {
  readonly state: Ref<NotificationState>

  constructor(readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
    this.state = shallowRef(this.#read())
  }

  /** Asks the person once, as the browser does. */
  async switchOn(): Promise<void> {
    if (this.state.value === 'unsupported') return
    this.storage.setItem(STORED, 'on')
    if (Notification.permission === 'default') await Notification.requestPermission()
    this.state.value = this.#read()
  }

  switchOff(): void {
    this.storage.removeItem(STORED)
    this.state.value = this.#read()
  }

  /** One that is still there is replaced: what counts is how it is now. */
  tell(title: string, body: string, opened: () => void): void {
    if (this.state.value !== 'on' || document.visibilityState === 'visible') return
    const notification = made(title, body)
    if (!notification) {
      this.state.value = 'unsupported'
      return
    }
    notification.onclick = () => {
      window.focus()
      notification.close()
      opened()
    }
  }

  #read(): NotificationState {
    if (!('Notification' in globalThis)) return 'unsupported'
    if (Notification.permission === 'denied') return 'refused'
    return Notification.permission === 'granted' && this.storage.getItem(STORED) === 'on' ? 'on' : 'off'
  }
}

/** None in Chrome on Android: there only a service worker may make them, and the constructor throws. */
function made(title: string, body: string): Notification | undefined {
  try {
    return new Notification(title, { body, tag: 'stacksense', icon: '/favicon-offline.svg' })
  } catch {
    return undefined
  }
}

export const NOTIFICATIONS: InjectionKey<Notifications> = Symbol('notifications')

export function useNotifications(): Notifications {
  return inject(NOTIFICATIONS, () => new Notifications(localStorage), true)
}
