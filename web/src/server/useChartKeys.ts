import { type Ref, shallowRef } from 'vue'
import { listKey, onKey } from '../ui/on-key.ts'
import { type ChartWindow, panned, zoomed } from './chart-window.ts'

/** How much nearer one key brings what is looked at, and how far another moves it. */
const NEARER = 2
const STEP = 0.25

/**
 * Charts by keys: + and − zoom, everywhere on the page; on a chart that has the focus the arrows move the cursor of all
 * charts from point to point, and with Shift the stretch of time itself.
 */
export function useChartKeys(
  shown: Ref<ChartWindow>,
  points: () => readonly { readonly at: string }[],
  now: () => number,
) {
  /** The time that keys or a finger point at. */
  const pointed = shallowRef<number | null>(null)

  const zoom = (times: number) => (shown.value = zoomed(shown.value, times, pointed.value, now()))
  const pan = (by: number) => (shown.value = panned(shown.value, by, now()))
  function point(to: (index: number, last: number) => number) {
    const times = points().map(({ at }) => Date.parse(at))
    const last = times.length - 1
    const found = times.findIndex((at) => at >= (pointed.value ?? Infinity))
    const index = to(found === -1 ? last + (pointed.value === null ? 1 : 0) : found, last)
    pointed.value = times[Math.min(last, Math.max(0, index))] ?? null
  }

  function actOf({ key, shiftKey }: KeyboardEvent): (() => void) | undefined {
    switch (key) {
      case 'ArrowLeft':
        return () => (shiftKey ? pan(-STEP) : point((index) => index - 1))
      case 'ArrowRight':
        return () => (shiftKey ? pan(STEP) : point((index) => index + 1))
      case 'Home':
        return () => point(() => 0)
      case 'End':
        return () => point((_, last) => last)
      case '+':
        return () => zoom(NEARER)
      case '-':
        return () => zoom(1 / NEARER)
      case 'Escape':
        return () => (pointed.value = null)
      default:
        return undefined
    }
  }
  /** A key on a chart that has the focus. */
  function pressed(event: KeyboardEvent) {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : actOf(event)
    if (!act) return
    event.preventDefault()
    act()
  }

  onKey('+', () => zoom(NEARER), { name: 'Zoom charts in' })
  onKey('-', () => zoom(1 / NEARER), { name: 'Zoom charts out' })
  listKey('←→', 'Along a chart that has the focus')
  listKey('⇧←→', 'Earlier, later on a chart')
  return { pointed, pressed }
}
