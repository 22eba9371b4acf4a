import { expect, test, vi } from 'vitest'
import { followFingers } from './chart-fingers.ts'

function scene() {
  const over = document.createElement('div')
  const drawing = { moved: vi.fn(), drawn: vi.fn(), ended: vi.fn() }
  followFingers(over, drawing)
  const say = (type: string, clientX: number, facts: PointerEventInit = {}) =>
    over.dispatchEvent(new PointerEvent(type, { pointerType: 'touch', isPrimary: true, clientX, ...facts }))
  return { ...drawing, say }
}

test('a finger that draws sideways means what lies between', () => {
  const { say, moved, drawn } = scene()
  say('pointerdown', 100)
  say('pointermove', 60)
  say('pointerup', 40)
  expect(moved).toHaveBeenCalledExactlyOnceWith(100, 60)
  expect(drawn).toHaveBeenCalledExactlyOnceWith(100, 40)
})

test('one that the browser takes over to scroll means nothing', () => {
  const { say, drawn, ended } = scene()
  say('pointerdown', 100)
  say('pointermove', 96)
  say('pointercancel', 96)
  say('pointerup', 20)
  expect(ended).toHaveBeenCalledOnce()
  expect(drawn).not.toHaveBeenCalled()
})

test('the mouse and a second finger are left alone', () => {
  const { say, moved, drawn } = scene()
  say('pointerdown', 100, { pointerType: 'mouse' })
  say('pointermove', 60, { pointerType: 'mouse' })
  say('pointerup', 60, { pointerType: 'mouse' })
  say('pointerdown', 100, { isPrimary: false })
  say('pointerup', 60, { isPrimary: false })
  expect(moved).not.toHaveBeenCalled()
  expect(drawn).not.toHaveBeenCalled()
})
