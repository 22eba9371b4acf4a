import type pg from 'pg'
import { CHANNELS, type Channel } from '../store/channels.ts'
import { ms } from '../store/instant.ts'
import type { LastHeard } from '../store/missed.ts'
import { LISTENER, newClient } from '../store/pool.ts'
import type { Store } from '../store/store.ts'

const RECONNECT_MS = 250
const PING_MS = 1_000
/** What a ping that was answered proves, it proves for this long. */
const PROVEN_MS = 2_000
/**
 * A ping that is not answered within this means that the connection is dead. Longer than that proof: to connect again makes
 * the hub read a lot anew, which is no help where the database, or this process, is only slow.
 */
const PATIENCE_MS = 3_000

export type Hear = (channel: Channel, payload: string) => void

/**
 * Hears NOTIFY on a connection of its own and connects again when it breaks.
 *
 * Notifications are lost while it is away, so whoever relies on them reads the tables again at each `onListening`, which is
 * told up to when all was heard; nothing the first time.
 */
export class Listener {
  #client: pg.Client | undefined
  /** The last moment at which something was asked that was answered. */
  #lastHeard: LastHeard | undefined
  #timer: NodeJS.Timeout | undefined
  #connecting: Promise<void> | undefined
  #stopped = false

  constructor(
    readonly store: Store,
    readonly hear: Hear,
    readonly onListening: (lastHeard: LastHeard | undefined) => void,
  ) {}

  /** Resolves when it listens for the first time. @throws whatever the connection failed with */
  async start(): Promise<void> {
    await this.#connect()
  }

  /** Whether it has heard everything up to two seconds ago. Not where it only could not ask for so long: it may be deaf. */
  get listens(): boolean {
    if (!this.#client || !this.#lastHeard) return false
    return performance.now() - this.#lastHeard.atMs <= PROVEN_MS
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#connecting
    await this.#client?.end().catch(() => undefined)
  }

  async #connect(): Promise<void> {
    const client = newClient(this.store.connection, `${LISTENER} ${this.store.hubId}`)
    client.on('error', () => this.#lost(client))
    client.on('end', () => this.#lost(client))
    client.on('notification', ({ channel, payload = '' }) => {
      const known = NAMES.get(channel)
      if (known) this.hear(known, payload)
    })
    let heard: LastHeard
    try {
      await client.connect()
      await client.query(LISTEN)
      heard = await askNow(client)
      if (this.#stopped) throw new Error('The listener was stopped while it connected')
    } catch (error) {
      client.end().catch(() => undefined)
      throw error
    }
    const before = this.#lastHeard
    this.#client = client
    this.#lastHeard = heard
    this.#ping(client)
    this.onListening(before)
  }

  /** A connection that is only dead shows nothing by itself. */
  #ping(client: pg.Client): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(async () => {
      const heard = await Promise.race([
        askNow(client).catch(() => undefined),
        new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS, undefined).unref()),
      ])
      // Lost meanwhile: it is being connected again, and that must not be put off.
      if (this.#client !== client) return
      if (!heard) return this.#lost(client)
      this.#lastHeard = heard
      this.#ping(client)
    }, PING_MS)
  }

  #lost(client: pg.Client): void {
    if (this.#stopped || this.#client !== client) return
    this.#client = undefined
    client.end().catch(() => undefined)
    this.#retry()
  }

  #retry(): void {
    clearTimeout(this.#timer)
    if (this.#stopped) return
    this.#timer = setTimeout(() => {
      this.#connecting = this.#connect().catch(() => this.#retry())
    }, RECONNECT_MS)
  }
}

async function askNow(client: pg.Client): Promise<LastHeard> {
  const atMs = performance.now()
  const { rows } = await client.query<{ at: number }>(`select ${ms('statement_timestamp()')} as at`)
  return { at: rows[0]?.at as number, atMs }
}

const LISTEN = Object.values(CHANNELS)
  .map((channel) => `listen ${channel}`)
  .join('; ')

const NAMES = new Map<string, Channel>(
  (Object.entries(CHANNELS) as [Channel, string][]).map(([channel, name]) => [name, channel]),
)
