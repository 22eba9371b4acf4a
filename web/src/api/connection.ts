import { type ShallowRef, shallowRef } from 'vue'

/**
 * Whether the page hears the hub.
 *
 *   connecting → live ⇄ reconnecting → stale → live
 *
 * `live` is kept only by signs of life: each ping must be followed by some message, or the line counts as dead although
 * its socket still looks open. `reconnecting` is a loss too short to speak of; from `stale` on the page says so.
 */
export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | {
      readonly kind: 'reconnecting' | 'stale'
      /** The last sign of life; null when there never was one. */
      readonly lastHeardAt: number | null
      /** Null while a try is under way. */
      readonly nextTryAt: number | null
    }

/** One attempt at a socket, and the socket that comes of it. */
export interface Line {
  close(): void
}

export interface LineEvents {
  connected(): void
  /** Any message of the hub. */
  heard(): void
  /** We sent a ping. */
  pinged(): void
  /** The attempt failed or the socket closed. */
  closed(): void
}

export type Dial<L extends Line> = (events: LineEvents) => L

/** No message within this time of a ping: the line is dead. */
export const PONG_TIMEOUT_MS = 2_500
/** A try that takes longer than this has failed. */
export const DIAL_TIMEOUT_MS = 5_000
/** How long a lost connection is only called reconnecting. */
export const STALE_AFTER_MS = 2_000
/** Before the first try, the second, and so on; the last for all further ones. */
const WAITS_MS = [300, 1_000, 2_000, 4_000, 8_000, 15_000]

/** Keeps one line to the hub open, for ever, and knows whether it lives. */
export class Connection<L extends Line> {
  readonly state: ShallowRef<ConnectionState> = shallowRef({ kind: 'connecting' })
  /** Counts the lines that came to live: whoever reads beside the line reads again when it grows. */
  readonly epoch = shallowRef(0)
  #line: L | undefined
  #lastHeardAt: number | null = null
  #failures = 0
  #retry: Timer
  #stale: Timer
  #dialing: Timer
  #pong: Timer

  /** `jitter` spreads the tries of many pages after a hub's restart: 0.75 to 1.25 of each wait. */
  constructor(
    readonly dial: Dial<L>,
    readonly now: () => number,
    readonly jitter: () => number = () => 0.75 + Math.random() / 2,
  ) {}

  /** The open line; undefined while there is none. */
  get line(): L | undefined {
    return this.state.value.kind === 'live' ? this.#line : undefined
  }

  get lastHeardAt(): number | null {
    return this.#lastHeardAt
  }

  open(): void {
    if (!this.#line && this.#retry === undefined) this.#try()
  }

  /** Tries at once instead of at the time announced. */
  tryNow(): void {
    if (this.#retry === undefined) return
    clearTimeout(this.#retry)
    this.#try()
  }

  close(): void {
    for (const timer of [this.#retry, this.#stale, this.#dialing, this.#pong]) clearTimeout(timer)
    this.#retry = this.#stale = this.#dialing = this.#pong = undefined
    const line = this.#line
    this.#line = undefined
    this.#failures = 0
    this.#lastHeardAt = null
    this.state.value = { kind: 'connecting' }
    line?.close()
  }

  #try(): void {
    this.#retry = undefined
    if (this.state.value.kind === 'reconnecting' || this.state.value.kind === 'stale') {
      this.state.value = { ...this.state.value, nextTryAt: null }
    }
    // Events of a line that was given up must not touch the one after it.
    const current = () => this.#line === line
    const line: L = this.dial({
      connected: () => current() && this.#connected(),
      heard: () => current() && this.#heard(),
      pinged: () => current() && this.#pinged(),
      closed: () => current() && this.#lost(),
    })
    this.#line = line
    this.#dialing = setTimeout(() => this.#lost(), DIAL_TIMEOUT_MS)
  }

  #connected(): void {
    clearTimeout(this.#dialing)
    clearTimeout(this.#stale)
    this.#stale = undefined
    this.#failures = 0
    this.#lastHeardAt = this.now()
    this.state.value = { kind: 'live' }
    this.epoch.value++
  }

  #heard(): void {
    clearTimeout(this.#pong)
    this.#pong = undefined
    if (this.state.value.kind === 'live') this.#lastHeardAt = this.now()
  }

  #pinged(): void {
    this.#pong ??= setTimeout(() => this.#lost(), PONG_TIMEOUT_MS)
  }

  #lost(): void {
    clearTimeout(this.#dialing)
    clearTimeout(this.#pong)
    this.#pong = undefined
    const line = this.#line
    this.#line = undefined
    line?.close()

    const wait = (WAITS_MS[Math.min(this.#failures, WAITS_MS.length - 1)] ?? 0) * this.jitter()
    this.#failures++
    this.#retry = setTimeout(() => this.#try(), wait)
    this.state.value = {
      kind: this.state.value.kind === 'stale' || this.#silenceMs() >= STALE_AFTER_MS ? 'stale' : 'reconnecting',
      lastHeardAt: this.#lastHeardAt,
      nextTryAt: this.now() + wait,
    }
    this.#stale ??= setTimeout(() => this.#becomeStale(), STALE_AFTER_MS - this.#silenceMs())
  }

  #silenceMs(): number {
    return this.#lastHeardAt === null ? 0 : this.now() - this.#lastHeardAt
  }

  #becomeStale(): void {
    if (this.state.value.kind === 'reconnecting') this.state.value = { ...this.state.value, kind: 'stale' }
  }
}

type Timer = ReturnType<typeof setTimeout> | undefined
