import { shallowRef, watch } from 'vue'
import {
  type MetricPointFragment,
  ServerMetricsDocument,
  ServerMetricsRecordedDocument,
} from '../api/generated/graphql.ts'
import { useHub } from '../api/hub.ts'
import { useSubscription } from '../api/useSubscription.ts'

export interface MetricsRead {
  readonly points: readonly MetricPointFragment[]
  readonly gaps: readonly { readonly from: number; readonly until: number }[]
  readonly from: number
  readonly to: number
}

/** As many points as a chart has pixels for. */
const MOST_POINTS = 480
/** How often the window is moved when no sample comes. */
const MOVE_EVERY_MS = 15_000

/**
 * The samples of a stretch of time that ends now: read once, then grown by each that is recorded. Past the cache: each
 * reading is another stretch, and none is needed twice.
 */
export function useMetrics(id: () => string, spanMs: () => number, now: () => number) {
  const { apollo, connection } = useHub()
  const read = shallowRef<MetricsRead>()
  const failed = shallowRef(false)
  let asked = 0

  async function load() {
    const question = ++asked
    const to = now()
    const from = to - spanMs()
    const variables = { id: id(), from: iso(from), to: iso(to), maxPoints: MOST_POINTS }
    const answer = await apollo
      .query({ query: ServerMetricsDocument, variables, fetchPolicy: 'no-cache' })
      .catch(() => null)
    if (question !== asked) return
    failed.value = !answer?.data
    if (!answer?.data) return
    const { metrics, observationGaps } = answer.data
    const gaps = observationGaps.map((gap) => ({ from: Date.parse(gap.from), until: Date.parse(gap.until) }))
    read.value = { points: metrics.points, gaps, from, to }
  }

  function move(added: readonly MetricPointFragment[] = []) {
    if (!read.value) return
    const to = now()
    const from = to - spanMs()
    const points = [...read.value.points, ...added].filter((point) => Date.parse(point.at) >= from)
    read.value = { ...read.value, points, from, to }
  }

  watch([id, spanMs, connection.epoch], load, { immediate: true })
  watch(
    () => Math.floor(now() / MOVE_EVERY_MS),
    () => move(),
  )
  useSubscription(
    ServerMetricsRecordedDocument,
    () => ({ id: id() }),
    ({ metricsRecorded }) => {
      const last = read.value?.points.at(-1)
      if (!last || Date.parse(metricsRecorded.at) > Date.parse(last.at)) move([metricsRecorded])
    },
  )
  return { read, failed }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
