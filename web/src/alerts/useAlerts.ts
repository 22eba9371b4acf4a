import {
  AlertListDocument,
  type AlertRecordFragment,
  AnomalyListDocument,
  type AnomalyRecordFragment,
  AnyAlertDocument,
  AnyAnomalyDocument,
} from '../api/generated/graphql.ts'
import { useHub } from '../api/hub.ts'
import { useSubscription } from '../api/useSubscription.ts'
import { type Pages, type Part, usePages } from '../records/usePages.ts'
import { type AlertsFilter, alertInput, alertsQueryOf } from './alert-filter.ts'

export type Opened =
  | { readonly kind: 'alert'; readonly record: AlertRecordFragment }
  | { readonly kind: 'anomaly'; readonly record: AnomalyRecordFragment }

/** The list that the filter asks for, read again whenever an alert is raised or changed, or an anomaly. */
export function useAlerts(filter: () => AlertsFilter): Pages<Opened> {
  const { apollo, clock } = useHub()

  async function read(first: number, after: string | undefined): Promise<Part<Opened>> {
    const asked = { filter: alertInput(filter(), clock.now()), first, after: after ?? null }
    const { list } = filter()
    if (list === 'alerts') {
      const { data } = await apollo.query({ query: AlertListDocument, variables: asked, fetchPolicy: 'no-cache' })
      if (!data) throw new Error('No answer.')
      return part(
        data.alerts.pageInfo,
        data.alerts.nodes.map((record) => ({ kind: 'alert', record })),
      )
    }
    const { data } = await apollo.query({ query: AnomalyListDocument, variables: asked, fetchPolicy: 'no-cache' })
    if (!data) throw new Error('No answer.')
    return part(
      data.anomalies.pageInfo,
      data.anomalies.nodes.map((record) => ({ kind: 'anomaly', record })),
    )
  }

  const pages = usePages<Opened>(() => JSON.stringify(alertsQueryOf(filter())), read)
  useSubscription(AnyAlertDocument, () => ({}), pages.reread)
  useSubscription(AnyAnomalyDocument, () => ({}), pages.reread)
  return pages
}

function part(info: { hasNextPage: boolean; endCursor: string | null }, items: readonly Opened[]): Part<Opened> {
  return { items, older: info.hasNextPage ? info.endCursor : null }
}
