import { beforeEach, expect, test, vi } from 'vitest'
import { DRAW_EVERY_MS, DrawPace, SEEN_WITHIN_MS } from './draw-pace.ts'

beforeEach(() => vi.useFakeTimers({ now: 0 }))

/** Drawing takes so long; in a tab that nobody sees the browser never paints. */
function pace(takesMs: number | 'unseen') {
  const drawnAt: number[] = []
  const afterPaint = (painted: () => void) => {
    if (takesMs !== 'unseen') setTimeout(painted, takesMs)
  }
  const hand = { scrolls: false }
  const untilTick = () => 1_000 - (Date.now() % 1_000)
  const screen = { now: Date.now, isScrolling: () => hand.scrolls, untilTick, afterPaint }
  const drawing = new DrawPace(() => drawnAt.push(Date.now()), screen)
  return { drawing, drawnAt, hand }
}

/** A change every 3 ms, for so long. */
function storm(drawing: DrawPace, ms: number) {
  for (let at = 0; at < ms; at += 3) {
    drawing.changed()
    vi.advanceTimersByTime(3)
  }
}

test('any number of changes at once are drawn once', () => {
  const { drawing, drawnAt } = pace(1)
  for (let i = 0; i < 300; i++) drawing.changed()
  vi.advanceTimersByTime(5_000)
  expect(drawnAt).toEqual([DRAW_EVERY_MS])
})

test('in a storm drawing takes a tenth of the time', () => {
  const { drawing, drawnAt } = pace(40)
  storm(drawing, 8_000)
  expect(drawnAt.length).toBeGreaterThan(18)
  expect(drawnAt.length).toBeLessThanOrEqual(20)
})

test('however long drawing takes, a change is seen within a second', () => {
  const { drawing, drawnAt } = pace(400)
  storm(drawing, 10_000)
  const pauses = drawnAt.slice(1).map((at, i) => at - (drawnAt[i] ?? 0))
  expect(Math.max(...pauses)).toBeLessThanOrEqual(SEEN_WITHIN_MS + 400)
})

test('what is drawn at once is drawn once, and counts like any other drawing', () => {
  const { drawing, drawnAt } = pace(40)
  drawing.changed()
  drawing.drawNow()
  vi.advanceTimersByTime(40)
  drawing.changed()
  vi.advanceTimersByTime(1_000)
  expect(drawnAt).toEqual([0, 400])
})

test('after a pause the next change is drawn as soon as the first', () => {
  const { drawing, drawnAt } = pace(50)
  drawing.changed()
  vi.advanceTimersByTime(10_000)
  drawing.changed()
  vi.advanceTimersByTime(DRAW_EVERY_MS)
  expect(drawnAt).toEqual([DRAW_EVERY_MS, 10_000 + DRAW_EVERY_MS])
})

test('in a tab that nobody sees changes are drawn all the same', () => {
  const { drawing, drawnAt } = pace('unseen')
  storm(drawing, 1_000)
  expect(drawnAt.length).toBeGreaterThan(5)
})

test('while the page is scrolled changes wait until it rests', () => {
  const { drawing, drawnAt, hand } = pace(1)
  hand.scrolls = true
  drawing.changed()
  vi.advanceTimersByTime(430)
  hand.scrolls = false
  vi.advanceTimersByTime(DRAW_EVERY_MS)
  expect(drawnAt).toEqual([500])
})

test('however long the page is scrolled, a change is seen within a second: in the frame in which the ages tick', () => {
  const { drawing, drawnAt, hand } = pace(1)
  vi.setSystemTime(400)
  hand.scrolls = true
  storm(drawing, 3_000)
  expect(drawnAt).toEqual([1_000, 2_000, 3_000])
})
