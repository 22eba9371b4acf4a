/** A moment by the simulator's own clock: milliseconds since the epoch at its start, and monotonic from there on. */
export type OwnInstant = number

/** A moment by the hub's clock, which is the database's: milliseconds since the epoch, as its answers tell it. */
export type HubInstant = number

/** Never steps: a simulator that is told lies by its own wall clock could not judge anybody. */
export function ownNow(): OwnInstant {
  return performance.timeOrigin + performance.now()
}

/** The hub tells its times in whole milliseconds, cut off. */
const HUB_RESOLUTION_MS = 1

/**
 * What the hub's clock shows, estimated from heartbeats: each was recorded after it was sent and before it was acknowledged,
 * so every answer bounds the offset from both sides. The bounds of many answers leave less than a millisecond between them.
 */
export class HubClock {
  #atLeast = -Infinity
  #atMost = Infinity
  /** Answers contradicted each other: one of the clocks was moved. What is estimated is the offset since then. */
  moved = false

  hear(sentAt: OwnInstant, recordedAt: HubInstant, ackedAt: OwnInstant): void {
    const atLeast = recordedAt - ackedAt
    const atMost = recordedAt + HUB_RESOLUTION_MS - sentAt
    const agrees = atLeast <= this.#atMost && atMost >= this.#atLeast
    this.moved ||= !agrees
    this.#atLeast = agrees ? Math.max(this.#atLeast, atLeast) : atLeast
    this.#atMost = agrees ? Math.min(this.#atMost, atMost) : atMost
  }

  /** Add this to a moment of our own to get the hub's. 0 until something was heard. */
  get offsetMs(): number {
    return Number.isFinite(this.#atLeast) ? (this.#atLeast + this.#atMost) / 2 : 0
  }

  /** How far the estimate may be wrong. */
  get uncertaintyMs(): number {
    return Number.isFinite(this.#atLeast) ? (this.#atMost - this.#atLeast) / 2 : Infinity
  }

  now(own: OwnInstant = ownNow()): HubInstant {
    return own + this.offsetMs
  }
}
