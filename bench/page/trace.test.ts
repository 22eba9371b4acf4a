import { expect, test } from 'vitest'
import { longestTask, REFRESH_MS, type TraceEvent, workPerFrame } from './trace.ts'

const MAIN: TraceEvent = { name: 'thread_name', ph: 'M', ts: 0, pid: 1, tid: 7, args: { name: 'CrRendererMain' } }
const task = (ts: number, dur: number, tid = 7): TraceEvent => ({
  name: 'ThreadControllerImpl::RunTask',
  ph: 'X',
  ts,
  dur,
  pid: 1,
  tid,
})
const frame = (ts: number, dur: number): TraceEvent => ({
  ...task(ts, dur),
  args: { src_func: 'ScheduledActionSendBeginMainFrame' },
})

test('a frame costs its making and all that was done since the one before it', () => {
  const events = [
    MAIN,
    task(0, 2_000),
    task(3_000, 99_000, 8),
    frame(5_000, 4_000),
    frame(20_000, 1_000),
    task(30_000, 9_000),
  ]
  expect(workPerFrame(events)).toEqual([6, 1])
})

test('work that was over before the refresh in which a frame is shown has delayed nothing; what reaches into it counts whole', () => {
  const events = [MAIN, task(0, 6_000), task(48_000, 30_000), task(80_000, 1_000), frame(90_000, 4_000)]
  expect(workPerFrame(events, REFRESH_MS)).toEqual([35])
  expect(workPerFrame(events)).toEqual([41])
})

test('of several pages the one that works most is meant', () => {
  const other = { ...MAIN, pid: 2 }
  expect(workPerFrame([MAIN, other, frame(0, 5_000), { ...frame(0, 9_000), pid: 2 }])).toEqual([9])
  expect(workPerFrame([])).toEqual([])
})

test('while another program has the processor, a task does not work', () => {
  const events = [MAIN, { ...frame(0, 16_000), tdur: 4_000 }, { ...task(40_000, 5_000), tdur: 5_000 }]
  expect(workPerFrame(events)).toEqual([4])
  expect(longestTask(events)).toBe(5)
})
