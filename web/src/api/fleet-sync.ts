import { type ShallowRef, shallowRef } from 'vue'
import { browserScreen, DrawPace, type Screen } from './draw-pace.ts'
import { FEED_LENGTH } from './feed-entries.ts'
import { errorCode, type FleetSource, type Gap, type RecentEvents, type Stop } from './fleet-source.ts'
import type { FleetStore } from './fleet-store.ts'

/** How true the fleet on the page is. Only `live` may look live. */
export type FleetState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'live' }
  /** Once live; not any more since the connection was lost. */
  | { readonly kind: 'stale' }
  /** The hub is heard, but refuses or cannot tell. */
  | {
      readonly kind: 'failed'
      readonly code: string | undefined
      readonly nextTryAt: number
      readonly hadData: boolean
    }

const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000]

/**
 * Keeps the store true while there is a connection.
 *
 * On each connection: listen to changes first, then read the snapshot, then the status feed from the snapshot's cursor. So
 * whatever happens while the snapshot is being read comes by one of the streams. What happened before it is read from the
 * log, the first time at last: the servers need not wait for it. The snapshot is read anew each time because
 * `serverChanged` cannot be resumed; the status feed can, and is, from its last cursor where it alone broke off.
 */
export class FleetSync {
  readonly state: ShallowRef<FleetState> = shallowRef({ kind: 'loading' })
  /** Grows when the store has changed; whoever shows it reads it again. */
  readonly version = shallowRef(0)
  /** Whether what happened before the first snapshot was read from the log. */
  readonly recalled = shallowRef(false)
  gaps: readonly Gap[] = []
  #streams: Stop[] = []
  /** Answers to an earlier run are too late. */
  #run = 0
  #failures = 0
  #hadData = false
  #missing = 0
  #unanswered = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  readonly #pace: DrawPace

  constructor(
    readonly store: FleetStore,
    readonly source: FleetSource,
    readonly now: () => number,
    readonly signedOut: () => void = () => {},
    screen: Screen = browserScreen(now),
  ) {
    this.#pace = new DrawPace(() => this.version.value++, screen)
  }

  /** The connection came to live. */
  connected(): void {
    this.#failures = 0
    void this.#sync()
  }

  lost(): void {
    this.#stop()
    this.state.value = this.#hadData ? { kind: 'stale' } : { kind: 'loading' }
  }

  /** Nobody is signed in any more: whoever comes next begins anew, however much later that is. */
  forget(): void {
    this.#hadData = false
    this.recalled.value = false
    this.store.clear()
    this.gaps = []
    this.lost()
    this.version.value++
  }

  /** After a failure: tries at once instead of at the time announced. */
  tryNow(): void {
    if (this.#retry !== undefined) void this.#sync()
  }

  /** Reads when these servers were last heard. */
  async pulse(ids: readonly string[]): Promise<void> {
    if (this.state.value.kind !== 'live' || ids.length === 0) return
    const run = this.#run
    const answer = await this.source.heartbeats(ids).catch(errorCode)
    if (run !== this.#run) return
    if (typeof answer !== 'object') {
      // The socket may live while the hub has lost its database: what is shown could not change any more.
      if (++this.#unanswered >= 2) this.#failed(answer)
      return
    }

    this.#unanswered = 0
    for (const { id, lastHeartbeatAt } of answer.heartbeats) this.store.applyHeartbeat(id, lastHeartbeatAt)
    this.#pace.changed()
    // A server that was made or deleted in the moment of the question is no reason to begin anew; one that is still
    // missing at the next question is.
    this.#missing = answer.total === this.store.rows.size ? 0 : this.#missing + 1
    if (this.#missing >= 2) void this.#sync()
  }

  async #sync(): Promise<void> {
    this.#stop()
    const run = this.#run
    const early: (() => void)[] = []
    let ready = false
    const now = (apply: () => void) => {
      if (!ready) early.push(apply)
      else {
        apply()
        this.#pace.changed()
      }
    }
    try {
      const ended = () => run === this.#run && this.#failed(undefined)
      this.#streams.push(
        this.source.changes({ next: ({ kind, server }) => now(() => this.store.applyChange(kind, server)), ended }),
        this.source.alerts({ next: ({ serverId, alert }) => now(() => this.store.applyAlert(serverId, alert)), ended }),
        this.source.anomalies({
          next: ({ serverId, anomaly }) => now(() => this.store.applyAnomaly(serverId, anomaly)),
          ended,
        }),
      )
      const snapshot = await this.source.snapshot()
      // Who knew what had happened is told at once of all that happened since, and in its order.
      const log = this.recalled.value ? await this.source.recentEvents(FEED_LENGTH) : undefined
      if (run !== this.#run) return

      this.store.replace(snapshot)
      if (log) this.#recall(log)
      for (const apply of early) apply()
      ready = true
      this.#followStatus(run)
      this.#missing = 0
      this.#unanswered = 0
      this.#hadData = true
      this.state.value = { kind: 'live' }
      this.#pace.drawNow()
      if (!log) {
        const late = await this.source.recentEvents(FEED_LENGTH)
        if (run !== this.#run) return
        this.#recall(late)
        this.#pace.changed()
      }
      this.#failures = 0
    } catch (error) {
      if (run === this.#run) this.#failed(errorCode(error))
    }
  }

  #recall({ events, gaps }: RecentEvents): void {
    this.store.recall(events)
    this.gaps = gaps
    this.recalled.value = true
  }

  #followStatus(run: number): void {
    const { cursor } = this.store
    if (cursor === null) return
    const stop = this.source.statusAfter(cursor, {
      next: (event) => {
        this.store.applyEvent(event)
        this.#pace.changed()
      },
      ended: (code) => {
        if (run !== this.#run) return
        // Too slow, the hub let go of us: nothing is lost, the feed goes on after the last event that came.
        if (code === 'SLOW_CONSUMER' && this.store.cursor !== cursor) this.#followStatus(run)
        else if (code === 'CURSOR_EXPIRED' || code === 'BAD_CURSOR') void this.#sync()
        else this.#failed(code)
      },
    })
    this.#streams.push(stop)
  }

  #failed(code: string | undefined): void {
    this.#stop()
    if (code === 'UNAUTHENTICATED') {
      this.signedOut()
      return
    }
    const wait = WAITS_MS[Math.min(this.#failures, WAITS_MS.length - 1)] ?? 0
    this.#failures++
    this.#retry = setTimeout(() => void this.#sync(), wait)
    this.state.value = { kind: 'failed', code, nextTryAt: this.now() + wait, hadData: this.#hadData }
  }

  #stop(): void {
    this.#run++
    clearTimeout(this.#retry)
    this.#retry = undefined
    for (const stop of this.#streams) stop()
    this.#streams = []
  }
}
