import type { FarewellReason, Instant, ServerStatus, StatusReason } from '../core/types.ts'
import { StartError } from '../errors.ts'
import { misuse } from './arguments.ts'
import type { HubApi } from './hub-api.ts'

/** A server as the command line sees it: its stored status, and the instant of looking by the hub's clock. */
export interface ServerRow {
  readonly id: string
  readonly name: string
  readonly tags: readonly string[]
  readonly status: ServerStatus
  readonly statusReason: StatusReason
  readonly statusSince: Instant
  readonly offlineAfterSeconds: number
  readonly lastHeartbeatAt: Instant | null
  /** Observed silence: time in which the hub could not have heard it does not count. */
  readonly ageSeconds: number | null
  readonly evaluatedAt: Instant
  /** What its agent said when it ended; null or absent where nothing holds. */
  readonly farewell?: { readonly reason: FarewellReason; readonly expectedBackAt: Instant | null } | null
  /** Only where it was asked for. */
  readonly rhythm?: RowRhythm
}

/** How regularly a server beat within a day. */
export interface RowRhythm {
  readonly missedSlots: number
  readonly nearMisses: number
  readonly retries: number
  readonly reboots: number
  readonly agentRestarts: number
  readonly sharedTokenAt: string | null
  readonly clockSkewSeconds: number | null
}

export interface ServerRowFilter {
  readonly search?: string | undefined
  readonly tags?: readonly string[] | undefined
}

interface Node extends Pick<ServerRow, 'id' | 'name' | 'tags' | 'status' | 'statusReason' | 'offlineAfterSeconds'> {
  readonly statusSince: string
  readonly heartbeat: {
    readonly lastHeartbeatAt: string | null
    readonly farewell: { readonly reason: FarewellReason; readonly expectedBackAt: string | null } | null
    readonly rhythm?: RowRhythm
  }
  readonly statusExplanation: { readonly evaluatedAt: string; readonly ageSeconds: number | null }
}

interface Page {
  readonly servers: {
    readonly nodes: readonly Node[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

const PAGE = `query ($filter: ServerFilter, $after: String, $rhythm: Boolean = false) {
  servers(filter: $filter, orderBy: ID, first: 1000, after: $after) {
    nodes {
      id name tags status statusReason statusSince offlineAfterSeconds
      heartbeat {
        lastHeartbeatAt farewell { reason expectedBackAt }
        rhythm @include(if: $rhythm) {
          missedSlots nearMisses retries reboots agentRestarts sharedTokenAt clockSkewSeconds
        }
      }
      statusExplanation { evaluatedAt ageSeconds }
    }
    pageInfo { hasNextPage endCursor }
  }
}`

/** All servers that pass the filter, however many, in the order of their ids. @throws StartError */
export async function listServerRows(
  api: Pick<HubApi, 'ask'>,
  filter: ServerRowFilter = {},
  more: { readonly rhythm?: boolean } = {},
): Promise<ServerRow[]> {
  const rows: ServerRow[] = []
  let after: string | null = null
  do {
    const { servers }: Page = await api.ask<Page>(PAGE, { filter, after, ...more })
    rows.push(...servers.nodes.map(rowOf))
    after = servers.pageInfo.hasNextPage ? servers.pageInfo.endCursor : null
  } while (after !== null)
  return rows
}

function rowOf({ heartbeat, statusExplanation, statusSince, ...node }: Node): ServerRow {
  return {
    ...node,
    statusSince: Date.parse(statusSince),
    lastHeartbeatAt: heartbeat.lastHeartbeatAt === null ? null : Date.parse(heartbeat.lastHeartbeatAt),
    ...(heartbeat.farewell ? { farewell: farewellOf(heartbeat.farewell) } : {}),
    ...(heartbeat.rhythm ? { rhythm: heartbeat.rhythm } : {}),
    ageSeconds: statusExplanation.ageSeconds,
    evaluatedAt: Date.parse(statusExplanation.evaluatedAt),
  }
}

function farewellOf({ reason, expectedBackAt }: NonNullable<Node['heartbeat']['farewell']>) {
  return { reason, expectedBackAt: expectedBackAt === null ? null : Date.parse(expectedBackAt) }
}

/**
 * The one thing of this name, or with this id.
 *
 * @throws StartError where there is none, or where a name looks like the id of another: nobody shall lose the wrong one.
 */
export function findByNameOrId<T extends { readonly id: string; readonly name: string }>(
  command: string,
  word: string,
  list: readonly T[],
  wanted: string,
): T {
  const found = list.filter(({ id, name }) => id === wanted || name === wanted)
  if (found.length > 1) throw misuse(command, `"${wanted}" is the name of one ${word} and the id of another.`)
  if (!found[0]) throw new StartError(`No ${word} has the name or id "${wanted}".`)
  return found[0]
}

/** A server by its name or id. @throws StartError */
export async function findServerRow(command: string, api: Pick<HubApi, 'ask'>, wanted: string): Promise<ServerRow> {
  const byName = await listServerRows(api, { search: wanted })
  const isId = /^[1-9]\d{0,9}$/.test(wanted) && Number(wanted) < 2 ** 31
  const byId = isId ? await serverWithId(api, wanted) : []
  const others = byId.filter(({ id }) => !byName.some((row) => row.id === id))
  return findByNameOrId(command, 'server', [...byName, ...others], wanted)
}

async function serverWithId(api: Pick<HubApi, 'ask'>, id: string): Promise<ServerRow[]> {
  const { servers } = await api.ask<Page>(PAGE, { filter: { ids: [id] }, after: null })
  return servers.nodes.map(rowOf)
}
