import { onScopeDispose, type ShallowRef, shallowRef, watch } from 'vue'
import { FleetBandDocument } from '../api/generated/graphql.ts'
import { useHub } from '../api/hub.ts'
import { type BandBucket, bandBucket, READ_EVERY_MS } from './fleet-band.ts'

export interface Band {
  readonly from: number
  readonly until: number
  readonly buckets: readonly BandBucket[]
}

const DAY_MS = 86_400_000
/** Ten minutes each. */
const BUCKETS = 144

/** The last 24 hours of the whole fleet; undefined until it was read. Read again each minute, and with each new connection. */
export function useFleetBand(): Readonly<ShallowRef<Band | undefined>> {
  const { apollo, clock, connection } = useHub()
  const band = shallowRef<Band>()

  async function read() {
    if (document.visibilityState === 'hidden') return
    const until = clock.now()
    const from = until - DAY_MS
    const variables = { from: new Date(from).toISOString(), to: new Date(until).toISOString(), buckets: BUCKETS }
    const answer = await apollo
      .query({ query: FleetBandDocument, variables, fetchPolicy: 'no-cache' })
      .catch(() => null)
    if (!answer?.data) return
    band.value = { from, until, buckets: answer.data.fleetHistory.map((one) => bandBucket(one, DAY_MS / BUCKETS)) }
  }

  const beat = setInterval(read, READ_EVERY_MS)
  watch(connection.epoch, read, { immediate: true })
  document.addEventListener('visibilitychange', read)
  onScopeDispose(() => {
    clearInterval(beat)
    document.removeEventListener('visibilitychange', read)
  })
  return band
}
