/** The space that keeps a figure and its unit on one line. */
export const NBSP = '\u00a0'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const UNITS = [
  { ms: DAY, name: 'd' },
  { ms: HOUR, name: 'h' },
  { ms: MINUTE, name: 'min' },
  { ms: SECOND, name: 's' },
] as const

/** A length in its two largest units, rounded down: 4 min 29 s, 1 h 15 min, 4 d 10 h. Never negative. */
export function duration(ms: number): string {
  const length = Math.max(0, ms)
  const largest = UNITS.findIndex((unit) => length >= unit.ms)
  if (largest === -1) return `0${NBSP}s`

  const parts = UNITS.slice(largest, largest + 2).map((unit, i) => ({
    count: Math.floor((i === 0 ? length : length % (UNITS[largest]?.ms ?? DAY)) / unit.ms),
    name: unit.name,
  }))
  return parts
    .filter((part, i) => i === 0 || part.count > 0)
    .map((part) => part.count + NBSP + part.name)
    .join(NBSP)
}

/** A length that still grows. From ten minutes on its seconds say nothing any more: 9 min 2 s, 38 min, 1 h 4 min. */
export function elapsed(ms: number): string {
  const length = ms >= 10 * MINUTE ? Math.floor(ms / MINUTE) * MINUTE : ms
  return duration(length)
}

/** A limit as it was set: seconds up to two minutes, then the largest units. */
export function limit(seconds: number): string {
  return seconds <= 120 ? `${seconds}${NBSP}s` : duration(seconds * SECOND)
}

/** 10:02:13. By hand: each row of a list has some, and `Intl` takes twenty times as long. */
function timeOf(at: number): string {
  const date = new Date(at)
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':')
}

const WEEKDAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short' })
const DAY_AND_MONTH = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const FULL_DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const ZONE = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' })

/** A moment on the viewer's clock: 10:02:13, older than today Thu 22:10:31, older than a week 3 Nov 14:22:08. */
export function clock(at: number, now: number): string {
  const time = timeOf(at)
  if (new Date(at).toDateString() === new Date(now).toDateString()) return time
  if (Math.abs(now - at) < 6 * DAY) return `${WEEKDAY.format(at)}${NBSP}${time}`
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return `${(sameYear ? DAY_AND_MONTH : FULL_DATE).format(at).replaceAll(' ', NBSP)}${NBSP}${time}`
}

/** When somebody did something: to the minute, 09:11. */
export function clockMinute(at: number, now: number): string {
  return clock(at, now).replace(/:\d\d$/, '')
}

const HOUR_MS = 3_600_000
const MOST_ZONES = 1_000
/** Zones change at whole hours; to find one's name takes longer than to format a time, and each row of a list has it. */
const zones = new Map<number, string>()

/** The viewer's time zone, short: UTC, GMT+2. Named once, in the bar. */
export function timeZone(now: number): string {
  const hour = Math.floor(now / HOUR_MS)
  const known = zones.get(hour)
  if (known !== undefined) return known
  const zone = ZONE.formatToParts(now).find((part) => part.type === 'timeZoneName')?.value ?? ''
  if (zones.size >= MOST_ZONES) zones.clear()
  zones.set(hour, zone)
  return zone
}

/** Day, time and zone in full, for a title. */
export function fullMoment(at: number): string {
  return `${FULL_DATE.format(at)} ${timeOf(at)} ${timeZone(at)}`
}
