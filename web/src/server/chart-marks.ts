import type { ServerMarksQuery } from '../api/generated/graphql.ts'

/** Something that happened, at its place in a chart. */
export interface Mark {
  readonly key: string
  readonly at: number
  readonly kind: 'warning' | 'offline'
  readonly said: string
  readonly to: string
}

/** Which chart a threshold's or a metric's name belongs to. What belongs to none is shown in the first. */
const CHARTS: readonly (readonly [RegExp, string])[] = [
  [/^(threshold:)?cpu/i, 'CPU'],
  [/^(threshold:)?(memory|swap)/i, 'Memory'],
  [/^threshold:disk:|^disk(s|Percent|UsedPercent)?(:|\.|$)/i, 'Disk'],
  [/^load/i, 'Load'],
  [/^network/i, 'Network'],
  [/^disk(read|write)/i, 'Disk traffic'],
]

export interface Marks {
  /** By the title of the chart. */
  readonly opened: ReadonlyMap<string, readonly Mark[]>
  /** In every chart: when the server fell silent. */
  readonly offline: readonly Mark[]
}

/** The marks of the charts that there are. */
export function marksOf({ alerts, anomalies, statusEvents }: ServerMarksQuery, titles: readonly string[]): Marks {
  const opened = [
    ...alerts.nodes.map((alert) => ({ about: alert.key, mark: openedMark('alert', alert) })),
    ...anomalies.nodes.map((anomaly) => ({ about: anomaly.metric, mark: openedMark('anomaly', anomaly) })),
  ]
  const chartOf = (about: string) => {
    const [, title] = CHARTS.find(([pattern]) => pattern.test(about)) ?? []
    return title !== undefined && titles.includes(title) ? title : (titles[0] ?? '')
  }
  const byChart = new Map<string, Mark[]>()
  for (const { about, mark } of opened) byChart.set(chartOf(about), [...(byChart.get(chartOf(about)) ?? []), mark])
  return {
    opened: byChart,
    offline: statusEvents.nodes.map(({ cursor, at }) => ({
      key: cursor,
      at: Date.parse(at),
      kind: 'offline',
      said: 'OFFLINE',
      to: `/events/${cursor}`,
    })),
  }
}

function openedMark(
  kind: 'alert' | 'anomaly',
  { id, message, openedAt }: { readonly id: string; readonly message: string; readonly openedAt: string },
): Mark {
  const to = kind === 'alert' ? `/alerts/${id}` : `/anomalies/${id}`
  return { key: `${kind}-${id}`, at: Date.parse(openedAt), kind: 'warning', said: message, to }
}
