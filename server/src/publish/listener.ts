import type pg from 'pg'
import { CHANNELS, type Channel } from '../store/channels.ts'
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
 * Notifications are lost while it is away, so whoever relies on them reads the tables again at each `onListening`.
 */
export class Listener {
  #client: pg.Client | undefined
  /** The connection is known to have lived at this moment: then something was asked that was answered. */
  #livedAtMs = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined
  #connecting: Promise<void> | undefined
  #stopped = false

  constructor(
    readonly store: Store,
    readonly hear: Hear,
    readonly onListening: () => void,
  ) {}

  /** Resolves when it listens for the first time. @throws whatever the connection failed with */
  async start(): Promise<void> {
    await this.#connect()
  }

  /** Whether it has heard everything up to two seconds ago. Not where it only could not ask for so long: it may be deaf. */
  get listens(): boolean {
    return this.#client !== undefined && performance.now() - this.#livedAtMs <= PROVEN_MS
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
    let askedAtMs = 0
    try {
      await client.connect()
      askedAtMs = performance.now()
      await client.query(LISTEN)
      if (this.#stopped) throw new Error('The listener was stopped while it connected')
    } catch (error) {
      client.end().catch(() => undefined)
      throw error
    }
    this.#client = client
    this.#livedAtMs = askedAtMs
    this.#ping(client)
    this.onListening()
  }

  /** A connection that is only dead shows nothing by itself. */
  #ping(client: pg.Client): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(async () => {
      const askedAtMs = performance.now()
      const answered = await Promise.race([
        client.query('select 1').then(
          () => true,
          () => false,
        ),
        new Promise<boolean>((resolve) => setTimeout(resolve, PATIENCE_MS, false).unref()),
      ])
      if (!answered) return this.#lost(client)
      this.#livedAtMs = askedAtMs
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

const LISTEN = Object.values(CHANNELS)
  .map((channel) => `listen ${channel}`)
  .join('; ')

const NAMES = new Map<string, Channel>(
  (Object.entries(CHANNELS) as [Channel, string][]).map(([channel, name]) => [name, channel]),
)
