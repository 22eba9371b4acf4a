import type pg from 'pg'
import { newClient } from '../store/pool.ts'
import type { Store } from '../store/store.ts'

/** Any number that no other program uses as an advisory lock: 'ssld' in ASCII. */
const LEADER_LOCK = 0x73736c64

const PING_MS = 1_000

/** The database ends the session of a leader that was stopped or frozen for this long, and with it its lock. */
const SESSION = ['idle_session_timeout=5000', 'statement_timeout=5000']

export interface LeadershipOptions {
  readonly store: Store
  readonly onElected: () => void
  readonly onDeposed: () => void
}

/**
 * Campaigns for the one session lock that makes this hub the one that watches deadlines.
 *
 * Leadership saves double work; it is not what makes an answer right: two leaders for a moment do no harm.
 */
export class Leadership {
  #client: pg.Client | undefined
  #timer: NodeJS.Timeout | undefined
  #leads = false
  #stopped = false
  #running: Promise<void> | undefined

  constructor(readonly options: LeadershipOptions) {}

  start(): void {
    this.#tick(0)
  }

  get leads(): boolean {
    return this.#leads
  }

  /** Hands the lock over at once: the session ends. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
    this.#lose(this.#client)
  }

  #tick(delayMs: number): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => {
      this.#running = this.#campaign()
        .catch(() => this.#lose(this.#client))
        .then(() => this.#tick(PING_MS))
    }, delayMs)
  }

  async #campaign(): Promise<void> {
    const client = this.#client ?? (await this.#connect())
    if (this.#leads) {
      await client.query('select 1')
      return
    }
    const { rows } = await client.query('select pg_try_advisory_lock($1) as won', [LEADER_LOCK])
    if (!rows[0].won || this.#client !== client) return
    this.#leads = true
    this.options.onElected()
  }

  async #connect(): Promise<pg.Client> {
    const client = newClient(this.options.store.connection, 'stacksense leader', SESSION)
    client.on('error', () => this.#lose(client))
    client.on('end', () => this.#lose(client))
    await client.connect()
    this.#client = client
    return client
  }

  #lose(client: pg.Client | undefined): void {
    if (!client || this.#client !== client) return
    this.#client = undefined
    client.end().catch(() => undefined)
    if (!this.#leads) return
    this.#leads = false
    this.options.onDeposed()
  }
}
