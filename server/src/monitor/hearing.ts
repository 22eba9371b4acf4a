import type { Instant, ServerId } from '../core/types.ts'
import { LONGEST_WAIT_MS } from '../store/write-heartbeats.ts'

export interface HearingOptions {
  /** Lets this hub's own waiting heartbeats commit: those of these servers, or all. */
  readonly flush: (ids?: readonly ServerId[]) => Promise<void>
  /** Tells whoever asked. Where it fails, they ask again. */
  readonly answer: (heardUntil: Instant) => Promise<void>
}

/**
 * How far this hub has heard: up to which instant everything that had arrived here is committed or refused.
 *
 * It answers for an instant that the database told it *before* it looked: what had arrived by then was here when it began to
 * look. So it compares no clocks, and however long it stands still in between, what it says is true.
 */
export class Hearing {
  /** Reads what has arrived at the port, up to the writer; see `http/arrivals.ts`. Without a port nothing arrives. */
  readArrived: () => Promise<void> = () => Promise.resolve()
  #until: Instant = Number.NEGATIVE_INFINITY
  /** The newest instant that we were told of, and have not looked for yet. */
  #told: Instant | undefined
  #asked = false
  #looking: Promise<void> | undefined
  /** Instants of one time can be compared; a clock that is set back begins another. */
  #era = 0

  constructor(readonly options: HearingOptions) {}

  /** Everything that had arrived here by this instant is committed or refused. */
  get until(): Instant {
    return this.#until
  }

  /** Nothing can have arrived before this instant. */
  begin(at: Instant): void {
    this.#until = at
  }

  /** The database's clock was set back to this instant: nothing that it told us before counts any more. */
  setBack(now: Instant): void {
    this.#era += 1
    this.#told = undefined
    this.#until = Math.min(this.#until, now - LONGEST_WAIT_MS)
  }

  /** Resolves when everything that has arrived here so far, of these servers or of all, is committed or refused. */
  async hear(ids?: readonly ServerId[]): Promise<void> {
    await this.readArrived()
    await this.options.flush(ids)
  }

  /**
   * By the database it is this late now. Resolves when we have heard up to then.
   *
   * @param asked another hub waits for the answer
   */
  told(now: Instant, asked = false): Promise<void> {
    this.#told = Math.max(now, this.#told ?? now)
    this.#asked ||= asked
    this.#looking ??= this.#look()
    return this.#looking
  }

  async #look(): Promise<void> {
    while (this.#told !== undefined) {
      const [told, asked, era] = [this.#told, this.#asked, this.#era]
      this.#told = undefined
      this.#asked = false
      await this.hear()
      if (era !== this.#era) continue
      this.#until = told
      if (asked) await this.options.answer(told).catch(() => undefined)
    }
    this.#looking = undefined
  }
}
