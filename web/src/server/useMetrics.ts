import { shallowRef, watch } from 'vue'
import {
  type MetricPointFragment,
  ServerMarksDocument,
  type ServerMarksQuery,
  ServerMetricsDocument,
  ServerMetricsRecordedDocument,
} from '../api/generated/graphql.ts'
import { useHub } from '../api/hub.ts'
import { useRetry } from '../api/retry.ts'
import { useSubscription } from '../api/useSubscription.ts'
import { boundsOf, type ChartWindow } from './chart-window.ts'
import { grown, type MetricPoints, pointsOf } from './metric-points.ts'

export interface MetricsRead extends MetricPoints {
  readonly gaps: readonly { readonly from: number; readonly until: number }[]
  /** How much time one point stands for; null where each is a sample. */
  readonly bucketSeconds: number | null
  readonly from: number
  readonly to: number
}

/** As many points as a chart has pixels for. */
const MOST_POINTS = 480
/** How often the window is moved when no sample comes. */
const MOVE_EVERY_MS = 15_000

/**
 * The figures of a stretch of time: read once and, where it ends now, grown by each sample that is recorded. Past the
 * cache: each reading is another stretch, and none is needed twice.
 *
 * @param changed what marks are drawn of: they are read again when it changes.
 */
export function useMetrics(id: () => string, window: () => ChartWindow, now: () => number, changed: () => unknown) {
  const { apollo, connection } = useHub()
  const read = shallowRef<MetricsRead>()
  const marks = shallowRef<ServerMarksQuery>()
  const failed = shallowRef(false)
  const retry = useRetry(() => void load())
  let asked = 0
  /** Which window `read` is of. */
  let readKey = ''

  async function load() {
    const question = ++asked
    const asking = key()
    const { from, to } = boundsOf(window(), now())
    const variables = { id: id(), from: iso(from), to: iso(to), maxPoints: MOST_POINTS }
    const answer = await apollo
      .query({ query: ServerMetricsDocument, variables, fetchPolicy: 'no-cache' })
      .catch((error: unknown) => {
        if (question === asked) retry.failed(error)
        return null
      })
    if (question !== asked) return
    failed.value = !answer?.data
    if (!answer?.data) return
    retry.succeeded()
    readKey = asking
    const { buckets, observationGaps, bucketSeconds } = answer.data.metrics
    const gaps = observationGaps.map((gap) => ({ from: Date.parse(gap.from), until: Date.parse(gap.until) }))
    const single = buckets.samples.every((samples) => samples <= 1)
    read.value = { ...pointsOf(buckets), gaps, bucketSeconds: single ? null : bucketSeconds, from, to }
  }

  async function loadMarks() {
    const { from, to } = boundsOf(window(), now())
    const variables = { id: id(), ids: [id()], from: iso(from), to: iso(to) }
    const answer = await apollo
      .query({ query: ServerMarksDocument, variables, fetchPolicy: 'no-cache' })
      .catch(() => null)
    if (answer?.data) marks.value = answer.data
  }

  function move(added: readonly MetricPointFragment[] = []) {
    // What is shown of another window is not stretched over this one.
    if (!read.value || readKey !== key() || window().kind === 'fixed') return
    const { from, to } = boundsOf(window(), now())
    read.value = { ...read.value, ...grown(read.value, added, from), from, to }
  }

  const key = () => JSON.stringify(window())
  watch([id, key, connection.epoch], load, { immediate: true })
  watch([id, key, connection.epoch, changed], loadMarks, { immediate: true })
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
  return { read, marks, failed }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
