import type { Api } from './api.ts'
import { Feed } from './feed.ts'
import type { Finding } from './finding.ts'
import type { HubAddress } from './hub-address.ts'
import { TAG } from './server-list.ts'

const EVENTS = `query ($tags: [String!], $after: String) {
  statusEvents(filter: { tags: $tags }, first: 1000, after: $after) {
    nodes { cursor }
    pageInfo { hasNextPage endCursor }
  }
}`

interface Page {
  readonly statusEvents: {
    readonly nodes: readonly { readonly cursor: string }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

/** Many subscribers to the same events, spread over the hubs: each must be told every event, once, in order. */
export class Crowd {
  readonly #feeds: Feed[] = []
  readonly #told: string[][]
  readonly #listening: Promise<void>[]

  constructor(
    hub: HubAddress,
    readonly after: string,
    readonly size: number,
  ) {
    this.#told = Array.from({ length: size }, () => [])
    for (const [index, told] of this.#told.entries()) {
      this.#feeds.push(new Feed(hub, after, (event) => told.push(event.cursor), index))
    }
    this.#listening = this.#feeds.map((feed) => feed.listen())
    for (const listening of this.#listening) listening.catch(() => undefined) // awaited in `close`
  }

  /** All of them lose their connections at once, and come back at once. */
  cut(): void {
    for (const feed of this.#feeds) feed.cut()
  }

  /** Compares what each was told with what the hubs have written down. */
  async check(api: Api): Promise<Finding[]> {
    if (this.size === 0) return []
    const written = await readCursors(api, this.after)
    return this.#told.flatMap((told, index) => compare(`subscriber ${index + 1}`, written, told))
  }

  /** @throws ApiError where one of them was refused */
  async close(): Promise<void> {
    await Promise.all(this.#feeds.map((feed) => feed.close()))
    await Promise.all(this.#listening)
  }
}

/** Whoever was told more than was written down at that moment has only read on. */
export function compare(server: string, written: readonly string[], told: readonly string[]): Finding[] {
  const findings: Finding[] = []
  const found = (fault: Finding['fault'], proof: string) => findings.push({ fault, server, proof })
  const once = new Set(told)
  if (once.size < told.length) found('DOUBLED', `${told.length - once.size} of ${told.length} events came twice`)
  const missing = written.filter((cursor) => !once.has(cursor))
  if (missing.length > 0) found('LOST', `${missing.length} of ${written.length} events never came, ${missing[0]} first`)
  const known = new Set(written)
  const order = told.filter((cursor) => known.has(cursor))
  const right = written.filter((cursor) => once.has(cursor))
  const wrong = [...new Set(order)].findIndex((cursor, index) => cursor !== right[index])
  if (wrong >= 0) found('OUT_OF_ORDER', `${order[wrong]} came where ${right[wrong]} was due`)
  return findings
}

async function readCursors(api: Api, after: string): Promise<string[]> {
  const cursors: string[] = []
  for (let from: string | null = after; from !== null; ) {
    const { statusEvents }: Page = await api.insist<Page>(EVENTS, { tags: [TAG], after: from })
    cursors.push(...statusEvents.nodes.map(({ cursor }) => cursor))
    from = statusEvents.pageInfo.hasNextPage ? statusEvents.pageInfo.endCursor : null
  }
  return cursors
}
