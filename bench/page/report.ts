import { median } from '../figures.ts'
import { table } from '../results.ts'
import type { Measured, Plan } from './measure.ts'
import { growth, type Held } from './memory.ts'
import type { VisitTimes } from './visit.ts'
import type { Busy } from './watch.ts'

/** Memory is flat where ten minutes would add less than this share of it. */
const FLAT_SHARE = 0.05
const TEN_MINUTES = 10

export function report(measured: Measured, plan: Pick<Plan, 'changes' | 'minutes'>): string {
  const { calm, stormy, scrolled, views, held } = measured
  return `${table(
    ['what', 'measured', 'to reach'],
    [
      ['first contentful paint', of(stormy, 'firstPaintMs'), 'under 1,000 ms'],
      ['interactive: the list is drawn and no long task follows', of(stormy, 'interactiveMs'), 'under 2,000 ms'],
      ['the same two while nothing happens', `${of(calm, 'firstPaintMs')}, ${of(calm, 'interactiveMs')}`, ''],
      ['status changes that the hub stored, a second', Math.round(measured.changesPerSecond), plan.changes],
      ['main-thread work a frame while scrolling, p95', `${scrolled.shownP95Ms} ms`, '16 ms or less'],
      ['the same with all that was done since the frame before', `${scrolled.p95Ms} ms`, ''],
      ['longest task in the storm, any view', `${longest(measured)} ms`, '100 ms or less'],
      ...memory(held, plan.minutes),
    ],
  )}

What the page's main thread does in each view, in the storm:

${table(
  ['view', 'work a frame, p50 / p95 / p99', 'frames with more than 16 ms', 'longest task', 'as the page saw it'],
  [line('list, scrolled', scrolled), ...views.map(({ name, busy }) => line(name, busy))],
)}

Visits are first ones, with an empty cache; medians of ${calm.length}. Work is processor time of the page's main thread from a trace of the
browser: of a frame, its making and all that was done since the frame before. Frames are only made where something moves, and so may be
far apart: what counts while scrolling is of that what fell into the refresh of the screen that shows the frame, tasks that reach into it as a
whole. What the page saw holds also what the machine did meanwhile. Memory is flat where the straight line through the last two thirds of the readings, each after a collection, adds less than
${FLAT_SHARE * 100} % in ten minutes. The browser, the hub, its PostgreSQL and what makes the storm share the machine; every server of the fleet beats each 30 s.`
}

function of(visits: readonly VisitTimes[], name: keyof VisitTimes): string {
  return `${median(visits.map((visit) => visit[name]))} ms`
}

function longest({ scrolled, views }: Measured): number {
  return Math.max(scrolled.longestWorkMs, ...views.map(({ busy }) => busy.longestWorkMs))
}

function memory(held: readonly Held[], minutes: number): (readonly (string | number)[])[] {
  const perMinute = growth(held)
  const [first, last] = [held[0], held.at(-1)]
  if (!first || !last) return []
  const flat = perMinute * TEN_MINUTES < last.heapMb * FLAT_SHARE
  return [
    [
      `heap after collection, first, highest and last of ${held.length} readings in ${minutes} min`,
      `${first.heapMb}, ${Math.max(...held.map(({ heapMb }) => heapMb))}, ${last.heapMb} MB`,
      '',
    ],
    ['it grows by', `${perMinute.toFixed(3)} MB a minute: ${flat ? 'flat' : 'not flat'}`, 'flat'],
    [
      'elements and listeners, first and last',
      `${first.nodes} → ${last.nodes}, ${first.listeners} → ${last.listeners}`,
      '',
    ],
  ]
}

function line(name: string, { p50Ms, p95Ms, p99Ms, tooLong, frames, longestWorkMs, longestTaskMs }: Busy) {
  return [
    name,
    `${p50Ms} / ${p95Ms} / ${p99Ms} ms`,
    `${tooLong} of ${frames}`,
    `${longestWorkMs} ms`,
    `${longestTaskMs} ms`,
  ]
}
