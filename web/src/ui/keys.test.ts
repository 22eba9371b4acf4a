import { beforeEach, expect, test, vi } from 'vitest'
import { Keys } from './keys.ts'

const pressed = vi.fn()
beforeEach(() => {
  pressed.mockReset()
  localStorage.clear()
  document.body.innerHTML = '<input><input type="checkbox"><p></p>'
})

function keysWith(key: string, when = () => true) {
  const keys = new Keys(localStorage)
  keys.add({ key, name: key, pressed, when })
  const press = (pressedKey: string, on = 'p', more: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent('keydown', { key: pressedKey, cancelable: true, ...more })
    document.querySelector(on)?.dispatchEvent(event)
    keys.hear(event)
    return event
  }
  return { keys, press }
}

test.each(['a', 'A'])('%s is heard, and kept from the browser', (key) => {
  const { press } = keysWith('a')
  expect(press(key).defaultPrevented).toBe(true)
  expect(pressed).toHaveBeenCalledOnce()
})

test('not in a field, not with a modifier, not repeated, not where it does not apply', () => {
  const { press } = keysWith('a')
  press('a', 'input')
  press('a', 'p', { ctrlKey: true })
  press('a', 'p', { repeat: true })
  expect(pressed).not.toHaveBeenCalled()
  keysWith('a', () => false).press('a')
  expect(pressed).not.toHaveBeenCalled()
})

test('a checkbox is no field to type in', () => {
  keysWith('x').press('x', '[type=checkbox]')
  expect(pressed).toHaveBeenCalledOnce()
})

test('two keys after each other; the first alone does nothing', () => {
  const { press } = keysWith('g o')
  press('g')
  expect(pressed).not.toHaveBeenCalled()
  press('o')
  expect(pressed).toHaveBeenCalledOnce()
  press('o')
  expect(pressed).toHaveBeenCalledOnce()
})

test('a second key that ends no sequence is a command of its own', () => {
  const { press } = keysWith('a')
  press('g')
  press('a')
  expect(pressed).toHaveBeenCalledOnce()
})

test('what was registered last goes first, until it is gone', () => {
  const { keys, press } = keysWith('n')
  const above = vi.fn()
  const remove = keys.add({ key: 'n', name: undefined, pressed: above, when: () => true })
  press('n')
  expect([above.mock.calls.length, pressed.mock.calls.length]).toEqual([1, 0])
  remove()
  press('n')
  expect(pressed).toHaveBeenCalledOnce()
})

test('switched off they are heard no more, also after a reload', () => {
  const { keys } = keysWith('a')
  keys.switchOn(false)
  keysWith('a').press('a')
  expect(pressed).not.toHaveBeenCalled()
  keys.switchOn(true)
  keysWith('a').press('a')
  expect(pressed).toHaveBeenCalledOnce()
})
