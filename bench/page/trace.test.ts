import { expect, test } from 'vitest'
import { busyPerFrame, longestTask, type TraceEvent } from './trace.ts'

const MAIN: TraceEvent = { name: 'thread_name', ph: 'M', ts: 0, pid: 1, tid: 7, args: { name: 'CrRendererMain' } }
const task = (ts: number, dur: number, tid = 7): TraceEvent => ({
  name: 'ThreadControllerImpl::RunTask',
  ph: 'X',
  ts,
  dur,
  pid: 1,
  tid,
})

test('a task belongs to the frames in which it ran, and idle frames count', () => {
  const frames = busyPerFrame([MAIN, task(0, 10_000), task(1_000, 99_000, 8), task(60_000, 10_000)])
  expect(frames.map(Math.round)).toEqual([10, 0, 0, 7, 3])
})

test('of several pages the one that works most is meant', () => {
  const other = { ...MAIN, pid: 2 }
  expect(busyPerFrame([MAIN, other, task(0, 5_000), { ...task(0, 9_000), pid: 2 }])).toEqual([9])
  expect(busyPerFrame([])).toEqual([])
})

test('while another program has the processor, a task does not work', () => {
  const events = [MAIN, { ...task(0, 16_000), tdur: 4_000 }, { ...task(40_000, 5_000), tdur: 5_000 }]
  expect(busyPerFrame(events).map(Math.round)).toEqual([4, 0, 5])
  expect(longestTask(events)).toBe(5)
})
