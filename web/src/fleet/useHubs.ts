import { onScopeDispose, type ShallowRef, shallowRef, watch } from 'vue'
import { HubsDocument } from '../api/generated/graphql.ts'
import { useHub } from '../api/hub.ts'
import type { HubFacts } from './hub-health.ts'

const READ_EVERY_MS = 5_000

/** How the hubs fare, read every 5 s while somebody looks; undefined until it was read. */
export function useHubs(): Readonly<ShallowRef<readonly HubFacts[] | undefined>> {
  const { apollo, connection } = useHub()
  const hubs = shallowRef<readonly HubFacts[]>()

  async function read() {
    if (document.visibilityState === 'hidden') return
    const answer = await apollo.query({ query: HubsDocument, fetchPolicy: 'no-cache' }).catch(() => null)
    if (answer?.data) hubs.value = answer.data.hubs.map((hub) => ({ ...hub, stampedAt: Date.parse(hub.stampedAt) }))
  }

  const beat = setInterval(read, READ_EVERY_MS)
  watch(connection.epoch, read, { immediate: true })
  onScopeDispose(() => clearInterval(beat))
  return hubs
}
