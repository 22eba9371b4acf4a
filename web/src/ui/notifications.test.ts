import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Notifications } from './notifications.ts'

const shown = vi.fn()
class FakeNotification {
  static permission: NotificationPermission = 'default'
  static requestPermission = vi.fn(async () => FakeNotification.permission)
  onclick: (() => void) | null = null
  close = vi.fn()
  constructor(title: string, options: NotificationOptions) {
    shown(title, options.body)
  }
}

function look(away: boolean) {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(away ? 'hidden' : 'visible')
}

beforeEach(() => {
  vi.stubGlobal('Notification', FakeNotification)
  FakeNotification.permission = 'default'
  shown.mockReset()
  localStorage.clear()
  look(true)
})
afterEach(() => vi.unstubAllGlobals())

test('nothing is told to who has not asked for it', () => {
  FakeNotification.permission = 'granted'
  const notifications = new Notifications(localStorage)
  notifications.tell('title', 'body', () => {})
  expect(notifications.state.value).toBe('off')
  expect(shown).not.toHaveBeenCalled()
})

test('asked for and granted, it is told while the page is not looked at', async () => {
  const notifications = new Notifications(localStorage)
  FakeNotification.requestPermission.mockImplementationOnce(async () => (FakeNotification.permission = 'granted'))
  await notifications.switchOn()
  notifications.tell('title', 'body', () => {})
  look(false)
  notifications.tell('seen', 'body', () => {})
  expect(shown.mock.calls).toEqual([['title', 'body']])
  expect(new Notifications(localStorage).state.value).toBe('on')
  notifications.switchOff()
  expect(notifications.state.value).toBe('off')
})

test('what the browser refuses or lacks is said', async () => {
  FakeNotification.permission = 'denied'
  const notifications = new Notifications(localStorage)
  await notifications.switchOn()
  expect(notifications.state.value).toBe('refused')
  vi.unstubAllGlobals()
  vi.stubGlobal('Notification', undefined)
  // @ts-expect-error taken away, as in a browser that has none
  delete globalThis.Notification
  expect(new Notifications(localStorage).state.value).toBe('unsupported')
})

test('a browser that has them and makes none costs nobody the rest of the news', () => {
  FakeNotification.permission = 'granted'
  localStorage.setItem('notifications', 'on')
  const notifications = new Notifications(localStorage)
  shown.mockImplementation(() => {
    throw new TypeError('Illegal constructor')
  })
  notifications.tell('title', 'body', () => {})
  expect(notifications.state.value).toBe('unsupported')
})
