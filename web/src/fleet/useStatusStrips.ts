import { onScopeDispose, type ShallowRef, shallowRef, watch } from 'vue'
import { StatusStripsDocument } from '../api/generated/graphql.ts'
import { useHub } from '../api/hub.ts'
import type { StripStatus } from '../ui/status-strip.ts'
import { kept } from './kept.ts'
import type { Span } from './server-filter.ts'
import { useFleet } from './useFleet.ts'

export type Strips = ReadonlyMap<string, readonly StripStatus[]>

/** A strip has as many bars as fit: one a minute, or one for 24 minutes. */
const BUCKETS = 60
const SPAN_MS: Readonly<Record<Span, number>> = { '60m': 3_600_000, '24h': 86_400_000 }
export const SPAN_NAMES: Readonly<Record<Span, string>> = { '60m': '60\u00a0min', '24h': '24\u00a0h' }

const READ_EVERY_MS = 30_000
/** After a change of status in view, and after scrolling. */
const SETTLE_MS = 300
const MOST_AT_ONCE = 100

/**
 * The status strips of the rows in view, and of nothing else: read when one comes into view or changes its status, and
 * every 30 s while somebody looks.
 */
export function useStatusStrips(inView: () => readonly string[], span: () => Span): Readonly<ShallowRef<Strips>> {
  const { apollo, clock } = useHub()
  const fleet = useFleet()
  const strips = shallowRef<Strips>(new Map())
  let asked = 0

  async function read() {
    const ids = inView().slice(0, MOST_AT_ONCE)
    if (ids.length === 0 || document.visibilityState === 'hidden') return
    const question = ++asked
    const to = clock.now()
    const variables = {
      ids: [...ids],
      first: ids.length,
      from: new Date(to - SPAN_MS[span()]).toISOString(),
      to: new Date(to).toISOString(),
      buckets: BUCKETS,
    }
    const answer = await apollo
      .query({ query: StatusStripsDocument, variables, fetchPolicy: 'no-cache' })
      .catch(() => null)
    if (!answer?.data || question !== asked) return
    const known = new Map(strips.value)
    for (const { id, statusStrip } of answer.data.servers.nodes) known.set(id, kept(known.get(id), statusStrip))
    strips.value = known
  }

  let settling: ReturnType<typeof setTimeout>
  const soon = () => {
    clearTimeout(settling)
    settling = setTimeout(read, SETTLE_MS)
  }
  const beat = setInterval(read, READ_EVERY_MS)
  watch(span, () => {
    // What is still on its way is of the span before.
    asked++
    strips.value = new Map()
  })
  watch(
    () => [span(), ...inView().map((id) => `${id} ${fleet.row(id)?.status} ${fleet.row(id)?.reason}`)].join(),
    soon,
    { immediate: true },
  )
  onScopeDispose(() => {
    clearInterval(beat)
    clearTimeout(settling)
  })
  return strips
}
