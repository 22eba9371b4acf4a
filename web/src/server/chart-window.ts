import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import { NBSP } from '../ui/durations.ts'

const HOUR_MS = 3_600_000
const HOURS = { '1h': 1, '12h': 12, '24h': 24, '7d': 168, '30d': 720, '90d': 2_160 } as const
export type Range = keyof typeof HOURS
export const RANGES = Object.keys(HOURS) as Range[]
const USUAL: Range = '12h'
/** Nearer than this there is nothing to see. */
const LEAST_MS = 60_000
const MOST_MS = HOURS['90d'] * HOUR_MS

/** What the charts show: a stretch that ends now and moves on, or one between two moments. It stands in the address. */
export type ChartWindow =
  | { readonly kind: 'live'; readonly range: Range }
  | { readonly kind: 'fixed'; readonly from: number; readonly to: number }

export function windowOf(query: LocationQuery): ChartWindow {
  const from = Date.parse(String(query.from))
  const to = Date.parse(String(query.to))
  if (to - from >= LEAST_MS) return { kind: 'fixed', from, to }
  return { kind: 'live', range: RANGES.find((range) => range === query.range) ?? USUAL }
}

/** The address of a window; the usual one is left out. */
export function windowQuery(window: ChartWindow): LocationQueryRaw {
  if (window.kind === 'fixed') return { from: iso(window.from), to: iso(window.to) }
  return window.range === USUAL ? {} : { range: window.range }
}

export function boundsOf(window: ChartWindow, now: number): { readonly from: number; readonly to: number } {
  return window.kind === 'fixed' ? window : { from: now - HOURS[window.range] * HOUR_MS, to: now }
}

/** Where somebody drew from and to, at least a minute wide; in seconds, as charts count. */
export function zoomedTo(fromSeconds: number, toSeconds: number): ChartWindow {
  const from = Math.floor(fromSeconds * 1_000)
  return { kind: 'fixed', from, to: Math.max(from + LEAST_MS, Math.ceil(toSeconds * 1_000)) }
}

/** As much nearer or farther, and what is looked at stays where it is. A window that would reach past now ends now. */
export function zoomed(window: ChartWindow, times: number, around: number | null, now: number): ChartWindow {
  const { from, to } = boundsOf(window, now)
  const span = Math.min(MOST_MS, Math.max(LEAST_MS, (to - from) / times))
  const centre = around ?? (from + to) / 2
  const begin = Math.round(centre - ((centre - from) / (to - from)) * span)
  return within(begin, begin + span, now)
}

/** The window moved by a part of its length; to the right as far as now. */
export function panned(window: ChartWindow, by: number, now: number): ChartWindow {
  const { from, to } = boundsOf(window, now)
  const moved = Math.round((to - from) * by)
  return within(from + moved, to + moved, now)
}

function within(from: number, to: number, now: number): ChartWindow {
  const late = Math.max(0, Math.round(to) - now)
  return { kind: 'fixed', from: from - late, to: Math.round(to) - late }
}

/** The next shorter or longer range; from a fixed window, the one that is nearest to its length. */
export function stepped(window: ChartWindow, by: 1 | -1): ChartWindow {
  if (window.kind === 'fixed') {
    const span = window.to - window.from
    const longer = RANGES.find((range) => HOURS[range] * HOUR_MS >= span) ?? '90d'
    const shorter = RANGES.findLast((range) => HOURS[range] * HOUR_MS < span) ?? '1h'
    return { kind: 'live', range: by === 1 ? longer : shorter }
  }
  const at = RANGES.indexOf(window.range) + by
  return { kind: 'live', range: RANGES[Math.min(RANGES.length - 1, Math.max(0, at))] ?? USUAL }
}

export function rangeName(range: Range): string {
  return range.replace(/(\d+)/, `$1${NBSP}`)
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
