/** The events of one day of the viewer, in the order in which they came. */
export interface Day<E> {
  readonly key: string
  readonly name: string
  readonly events: readonly E[]
}

const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
const DAY_MS = 86_400_000

/**
 * Neighbours of one day under one head. The order stays the feed's: an event that was found late may stand among those of
 * the next day, and its day then has a head of its own.
 */
export function daysOf<E extends { readonly at: string; readonly cursor: string }>(
  events: readonly E[],
  now: number,
): readonly Day<E>[] {
  const days: { key: string; name: string; events: E[] }[] = []
  let current: string | undefined
  for (const event of events) {
    const name = dayName(Date.parse(event.at), now)
    if (name !== current)
      days.push({ key: `${days.length}-${new Date(event.at).toDateString().replaceAll(' ', '-')}`, name, events: [] })
    days.at(-1)?.events.push(event)
    current = name
  }
  return days
}

function dayName(at: number, now: number): string {
  const day = new Date(at).toDateString()
  if (day === new Date(now).toDateString()) return 'Today'
  if (day === new Date(now - DAY_MS).toDateString()) return 'Yesterday'
  return DAY.format(at)
}
