import { clockMinute } from '../ui/durations.ts'

export interface Tick {
  /** 0 to 1 along the axis. */
  readonly place: number
  readonly said: string
  /** Left out where there is little room. */
  readonly minor: boolean
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const STEPS = [
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  5 * DAY,
  10 * DAY,
  30 * DAY,
]
const MOST_TICKS = 7
/** Nearer than this to an end a word would run into the end's own; the beginning's names the day, too. */
const EDGES = { wide: { start: 0.11, end: 0.07 }, narrow: { start: 0.28, end: 0.21 } } as const

const WEEKDAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short' })
const DAY_AND_MONTH = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })

/** Round times of the viewer's day between two moments. */
export function ticksOf(from: number, to: number, room: keyof typeof EDGES = 'wide'): readonly Tick[] {
  const { start, end } = EDGES[room]
  const span = to - from
  const step = STEPS.find((one) => span / one <= MOST_TICKS) ?? 30 * DAY
  const midnight = new Date(from).setHours(0, 0, 0, 0)
  const first = midnight + Math.ceil((from - midnight) / step) * step
  const ticks: Tick[] = []
  for (let at = first; at <= to; at += step) {
    const place = (at - from) / span
    if (place >= (span < 2 * DAY ? start : end) && place <= 1 - end)
      ticks.push({ place, said: saidOf(at, step), minor: ticks.length % 2 === 0 })
  }
  return ticks
}

function saidOf(at: number, step: number): string {
  if (step < DAY) return clockMinute(at, at)
  return step < 2 * DAY ? WEEKDAY.format(at) : DAY_AND_MONTH.format(at)
}

/** The beginning, with its day where it is another than today's. */
export function startOf(from: number, to: number, now = to): string {
  if (to - from >= 2 * DAY) return DAY_AND_MONTH.format(from)
  const time = clockMinute(from, from)
  return new Date(from).toDateString() === new Date(now).toDateString() ? time : `${time} ${WEEKDAY.format(from)}`
}
