import type { Api } from './api.ts'
import type { HubInstant } from './clock.ts'
import type { Status } from './story.ts'

/** Every simulated server carries it; the subscription is filtered by it. */
export const TAG = 'simulated'

/** What the hub has stored of a server. */
export interface StoredServer {
  readonly id: string
  readonly status: Status
  readonly lastHeartbeatAt: HubInstant | null
}

interface Page {
  readonly servers: {
    readonly nodes: readonly {
      readonly id: string
      readonly status: Status
      readonly heartbeat: { readonly lastHeartbeatAt: string | null }
    }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

const QUERY = `query ($tags: [String!], $after: String) {
  servers(filter: { tags: $tags }, first: 1000, after: $after) {
    nodes { id status heartbeat { lastHeartbeatAt } }
    pageInfo { hasNextPage endCursor }
  }
}`

/** All simulated servers that the hub knows, also those of an earlier simulation. */
export async function listSimulated(api: Api): Promise<StoredServer[]> {
  const found: StoredServer[] = []
  let after: string | null = null
  do {
    const { servers }: Page = await api.insist<Page>(QUERY, { tags: [TAG], after })
    for (const { id, status, heartbeat } of servers.nodes) {
      found.push({
        id,
        status,
        lastHeartbeatAt: heartbeat.lastHeartbeatAt === null ? null : Date.parse(heartbeat.lastHeartbeatAt),
      })
    }
    after = servers.pageInfo.hasNextPage ? servers.pageInfo.endCursor : null
  } while (after !== null)
  return found
}
