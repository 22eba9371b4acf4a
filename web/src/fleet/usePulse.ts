import { onScopeDispose, watch } from 'vue'
import { useHub } from '../api/hub.ts'

const PULSE_EVERY_MS = 5_000
/** Rows that scroll into view are read this soon. */
const SETTLE_MS = 250
/** The longest list that the API answers at once. */
const MOST_AT_ONCE = 1_000

/**
 * Keeps the ages of the rows in view true.
 *
 * A fleet of 10,000 beats 333 times a second: to push that to each page would cost more than all the rest. Nor can an
 * age be counted on from the snapshot: it would grow past the limit on a server that beats. So the heartbeat times of
 * what is in view, and of nothing else, are read every 5 s while somebody looks. An age on the page can so be up to 5 s
 * too old, never too young. On a server's own page its heartbeats are pushed.
 */
export function usePulse(inView: () => readonly string[]): void {
  const { fleet } = useHub()
  const pulse = () => {
    if (document.visibilityState === 'visible') void fleet.pulse(inView().slice(0, MOST_AT_ONCE))
  }
  let settling: ReturnType<typeof setTimeout>
  const soon = () => {
    clearTimeout(settling)
    settling = setTimeout(pulse, SETTLE_MS)
  }

  const beat = setInterval(pulse, PULSE_EVERY_MS)
  watch(() => inView().join(), soon)
  document.addEventListener('visibilitychange', pulse)
  onScopeDispose(() => {
    clearInterval(beat)
    clearTimeout(settling)
    document.removeEventListener('visibilitychange', pulse)
  })
}
