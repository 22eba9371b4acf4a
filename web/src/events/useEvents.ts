import { onScopeDispose, watch } from 'vue'
import {
  EventListDocument,
  type EventRecordFragment,
  EventsAfterDocument,
  FeedPositionDocument,
} from '../api/generated/graphql.ts'
import { useHub } from '../api/hub.ts'
import { type Pages, type Part, usePages } from '../records/usePages.ts'
import { type EventsFilter, eventInput, eventsQueryOf } from './event-filter.ts'

/**
 * The events that the filter lets through, newest first, and each new one as it happens.
 *
 * The feed's position is read before the list, and the feed is followed from there: what both tell is told once. After a
 * lost connection the list is read again, and the feed followed from then.
 */
export function useEvents(filter: () => EventsFilter): Pages<EventRecordFragment> {
  const { apollo, clock, connection } = useHub()
  let stop = () => {}

  async function read(last: number, before: string | undefined): Promise<Part<EventRecordFragment>> {
    const asked = eventInput(filter(), clock.now())
    const position = before === undefined ? await feedPosition() : undefined
    const variables = { filter: asked, last, before: before ?? null }
    const { data } = await apollo.query({ query: EventListDocument, variables, fetchPolicy: 'no-cache' })
    if (!data) throw new Error('No answer.')
    if (position !== undefined) follow(asked, position)
    const { nodes, pageInfo } = data.statusEvents
    return { items: nodes.toReversed(), older: pageInfo.hasPreviousPage ? pageInfo.startCursor : null }
  }

  async function feedPosition(): Promise<string> {
    const { data } = await apollo.query({ query: FeedPositionDocument, fetchPolicy: 'no-cache' })
    if (!data) throw new Error('No answer.')
    return data.fleet.cursor
  }

  function follow(asked: ReturnType<typeof eventInput>, after: string) {
    stop()
    if (!connection.line) return
    const variables = { filter: asked, after }
    const subscription = apollo
      .subscribe({ query: EventsAfterDocument, variables, fetchPolicy: 'no-cache' })
      .subscribe({ next: ({ data }) => data && add(data.serverStatusChanged), error: pages.reread })
    stop = () => subscription.unsubscribe()
  }

  function add(event: EventRecordFragment) {
    const { value: shown } = pages.items
    if (!shown || shown.some(({ cursor }) => cursor === event.cursor)) return
    pages.items.value = [event, ...shown]
  }

  const pages = usePages<EventRecordFragment>(() => JSON.stringify(eventsQueryOf(filter())), read)
  watch(connection.state, ({ kind }) => kind !== 'live' && stop())
  onScopeDispose(() => stop())
  return pages
}
