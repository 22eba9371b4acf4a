import { expect, test } from 'vitest'
import { AHEAD, covering, frameLater, type Range } from './drawn-range.ts'

const COUNT = 1_000
const range = (from: number, to: number): Range => ({ from, to })

/** Frame by frame until nothing more is drawn. */
function rested(view: Range, drawn: Range): Range[] {
  const frames = [covering(view, drawn)]
  for (;;) {
    const before = frames.at(-1) as Range
    const next = frameLater(view, before, COUNT)
    if (next.from === before.from && next.to === before.to) return frames
    frames.push(next)
  }
}

test('what is in view is drawn at once, what lies ahead a few rows a frame', () => {
  const frames = rested(range(100, 130), range(0, 0))
  expect(frames[0]).toEqual(range(100, 130))
  expect(frames[1]).toEqual(range(94, 136))
  expect(frames.at(-2)).toEqual(range(97 - AHEAD + 6, 133 + AHEAD - 6))
  expect(frames.at(-1)).toEqual(range(100 - AHEAD, 130 + AHEAD))
})

test('a turn of the wheel within what is drawn draws nothing at once', () => {
  const drawn = range(100 - AHEAD, 130 + AHEAD)
  const [first, second] = rested(range(108, 138), drawn)
  expect(first).toEqual(drawn)
  expect(second).toEqual(range(100 - AHEAD + 3, 130 + AHEAD + 3))
})

test('a leap beyond what is drawn begins anew; a long way leaves no tail behind', () => {
  expect(covering(range(500, 530), range(88, 142))).toEqual(range(500, 530))
  expect(covering(range(140, 170), range(88, 142))).toEqual(range(140 - 2 * AHEAD, 170))
})

test('a list ends where it ends', () => {
  expect(rested(range(0, 30), range(0, 0)).at(-1)).toEqual(range(0, 30 + AHEAD))
  expect(rested(range(975, COUNT), range(0, 0)).at(-1)).toEqual(range(975 - AHEAD, COUNT))
})
