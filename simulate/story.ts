import type { HubInstant, OwnInstant } from './clock.ts'

export type Status = 'ONLINE' | 'WARNING' | 'OFFLINE'

/** A heartbeat that the hub acknowledged. */
export interface Beat {
  readonly sentAt: OwnInstant
  readonly ackedAt: OwnInstant
  /** When the hub says that it arrived. */
  readonly recordedAt: HubInstant
}

/** A status event as the subscription told it. */
export interface FeedEvent {
  readonly cursor: string
  readonly serverId: string
  readonly from: Status | null
  readonly to: Status
  readonly reason: string
  readonly at: HubInstant
  readonly detectedAt: HubInstant
  readonly receivedAt: OwnInstant
}

/** A stretch between two acknowledged heartbeats that may be longer than the limit; `to` is null while it lasts. */
export interface Silence {
  readonly from: Beat
  readonly to: Beat | null
  /** The last moment at which a heartbeat without an answer may have been recorded after all; null where there was none. */
  readonly doubtAt: HubInstant | null
}

/** What happened to one server, and what the hub said of it. It begins as created: OFFLINE, NEVER_SEEN. */
export interface Story {
  readonly serverId: string
  readonly name: string
  readonly first: Beat | null
  readonly last: Beat | null
  /** Since the last acknowledged heartbeat, or since the beginning. */
  readonly doubtAt: HubInstant | null
  /** Those that ended, and were long enough to matter. */
  readonly silences: readonly Silence[]
  readonly events: readonly FeedEvent[]
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type Draft = Omit<Mutable<Story>, 'silences' | 'events'> & { silences: Silence[]; events: FeedEvent[] }

/**
 * Writes down what happens to the simulated servers, for the judge.
 *
 * Of heartbeats that came in time nothing is kept, so that a run of hours with 100,000 servers fits into memory.
 */
export class Chronicle {
  readonly #drafts = new Map<string, Draft>()

  constructor(readonly offlineAfterMs: number) {}

  begin(serverId: string, name: string): void {
    this.#drafts.set(serverId, { serverId, name, first: null, last: null, doubtAt: null, silences: [], events: [] })
  }

  /** A heartbeat was answered with success. A server has one heartbeat under way at a time, so they come in order. */
  acknowledged(serverId: string, beat: Beat): void {
    const draft = this.#draft(serverId)
    const { last, doubtAt } = draft
    // A millisecond less, because the hub's times are cut off to whole ones. By our own clock too: the hub's may be moved.
    const silentMs = last ? Math.max(beat.recordedAt - last.recordedAt, beat.ackedAt - last.sentAt) : 0
    if (last && silentMs > this.offlineAfterMs - 1) {
      draft.silences.push({ from: last, to: beat, doubtAt })
    }
    draft.first ??= beat
    draft.last = beat
    draft.doubtAt = null
  }

  /** A heartbeat was sent and the connection failed before an answer: the hub may have recorded it or not. */
  doubtful(serverId: string, at: HubInstant): void {
    this.#draft(serverId).doubtAt = at
  }

  /** @returns whether the event is about one of the simulated servers. */
  told(event: FeedEvent): boolean {
    const draft = this.#drafts.get(event.serverId)
    draft?.events.push(event)
    return draft !== undefined
  }

  stories(): IterableIterator<Story> {
    return this.#drafts.values()
  }

  #draft(serverId: string): Draft {
    const draft = this.#drafts.get(serverId)
    if (!draft) throw new Error(`Server ${serverId} is not part of the simulation`)
    return draft
  }
}
