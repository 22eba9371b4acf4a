import { onScopeDispose, type ShallowRef, shallowRef, watch } from 'vue'
import { FleetMetricsDocument, type FleetMetricsQuery } from '../api/generated/graphql.ts'
import { useHub } from '../api/hub.ts'
import { kept } from './kept.ts'

type Node = FleetMetricsQuery['servers']['nodes'][number]

/** The newest figures of one server, with where its alerts begin. */
export interface Figures {
  readonly at: number
  readonly cpu: Figure
  readonly memory: Figure
  /** Of the fullest file system. */
  readonly disk: Figure
  readonly networkBytesPerSecond: number | null
}

export interface Figure {
  readonly percent: number | null
  readonly over: boolean
}

/** Agents measure once a minute. */
const READ_EVERY_MS = 20_000
const SETTLE_MS = 250
const MOST_AT_ONCE = 200

/** Of the servers that were asked about; null for one that has none. */
export type LatestFigures = ReadonlyMap<string, Figures | null>

/** The newest metrics of the rows in view, and of nothing else, while somebody looks. */
export function useLatestMetrics(inView: () => readonly string[]): Readonly<ShallowRef<LatestFigures>> {
  const { apollo } = useHub()
  const figures = shallowRef<LatestFigures>(new Map())

  async function read() {
    const ids = inView().slice(0, MOST_AT_ONCE)
    if (ids.length === 0 || document.visibilityState === 'hidden') return
    const variables = { ids: [...ids], first: ids.length }
    const answer = await apollo
      .query({ query: FleetMetricsDocument, variables, fetchPolicy: 'no-cache' })
      .catch(() => null)
    // Without an answer the figures stay, and grow stale by their time.
    if (!answer?.data) return
    const known = new Map(figures.value)
    for (const node of answer.data.servers.nodes) {
      known.set(node.id, kept(known.get(node.id), figuresOf(node)))
    }
    figures.value = known
  }

  let settling: ReturnType<typeof setTimeout>
  const soon = () => {
    clearTimeout(settling)
    settling = setTimeout(read, SETTLE_MS)
  }
  const beat = setInterval(read, READ_EVERY_MS)
  watch(() => inView().join(), soon, { immediate: true })
  onScopeDispose(() => {
    clearInterval(beat)
    clearTimeout(settling)
  })
  return figures
}

function figuresOf({ latestMetrics, alertLimits }: Node): Figures | null {
  if (!latestMetrics) return null
  const { cpuPercent, memoryPercent, disks, networkRxBytesPerSecond: rx, networkTxBytesPerSecond: tx } = latestMetrics
  const disk = disks.length > 0 ? Math.max(...disks.map((one) => one.usedPercent)) : null
  return {
    at: Date.parse(latestMetrics.at),
    cpu: figure(cpuPercent, alertLimits.cpuPercent),
    memory: figure(memoryPercent, alertLimits.memoryPercent),
    disk: figure(disk, alertLimits.diskPercent),
    networkBytesPerSecond: rx === null && tx === null ? null : (rx ?? 0) + (tx ?? 0),
  }
}

function figure(percent: number | null, limit: number): Figure {
  return { percent, over: percent !== null && percent > limit }
}
