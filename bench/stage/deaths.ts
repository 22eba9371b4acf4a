import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from './cluster.ts'
import type { FleetServer } from './fleet.ts'
import type { Hub } from './hub.ts'
import { ask, reportAll } from './relay.ts'
import { Subscribers } from './subscribers.ts'

/** How long a doomed server lives after its one heartbeat. */
export const LIFE_SECONDS = 5

const QUERY = `subscription ($after: String) {
  serverStatusChanged(after: $after) { cursor at to reason server { id name } }
}`

/** Makes these servers ones that nobody has heard of yet, and that are missed soon. To be called before a hub watches. */
export async function doom({ client }: Database, servers: readonly FleetServer[]): Promise<void> {
  const ids = servers.map(({ id }) => id)
  await client.query(
    `update server set status = 'OFFLINE', status_reason = 'NEVER_SEEN', offline_after_seconds = $2
     where id = any($1::int[])`,
    [ids, LIFE_SECONDS],
  )
  await client.query('update server_heartbeat set last_heartbeat_at = null where server_id = any($1::int[])', [ids])
  await client.query('vacuum analyze server, server_heartbeat')
}

/** Lets servers die, and hears at the subscribers' sockets when they are told. */
export class Deaths {
  readonly #hub: Hub
  #subscribers: Subscribers | undefined
  #expected = 0
  /** Deadline to arrival, of each death that the first subscriber was told of. */
  #lags: number[] = []
  #lastDeadline = 0

  constructor(hub: Hub) {
    this.#hub = hub
  }

  async listen(subscribers: number): Promise<void> {
    const { fleet } = await ask<{ fleet: { cursor: string } }>(this.#hub, '{ fleet { cursor } }')
    this.#subscribers = await Subscribers.open(subscribers, {
      url: this.#hub.url,
      token: this.#hub.token,
      query: QUERY,
      variables: { after: fleet.cursor },
      onNext: (json) => this.#note(json),
    })
  }

  /** Each server is heard once, one after the other, and dies when its time has come; the lags of all of them. */
  async oneByOne(servers: readonly FleetServer[], everyMs: number): Promise<number[]> {
    this.#lags = []
    const startedAt = performance.now()
    for (const [i, server] of servers.entries()) {
      await sleep(Math.max(0, startedAt + i * everyMs - performance.now()))
      await reportAll(this.#hub, [server])
    }
    await this.#told(servers.length)
    return this.#lags
  }

  /** All are heard at once and die at once: from the last deadline until the last subscriber has been told of all. */
  async allAtOnce(servers: readonly FleetServer[]): Promise<number> {
    this.#lastDeadline = 0
    await reportAll(this.#hub, servers)
    await this.#told(servers.length)
    return Date.now() - this.#lastDeadline
  }

  close(): void {
    this.#subscribers?.close()
  }

  /** Each server is told of twice: it came, it went. */
  async #told(servers: number): Promise<void> {
    this.#expected += 2 * servers
    await this.#subscribers?.each(this.#expected)
  }

  #note(json: Buffer): void {
    const { at, to } = JSON.parse(String(json)).payload.data.serverStatusChanged as { at: string; to: string }
    if (to !== 'OFFLINE') return
    const deadline = Date.parse(at)
    this.#lags.push(performance.timeOrigin + performance.now() - deadline)
    this.#lastDeadline = Math.max(this.#lastDeadline, deadline)
  }
}
