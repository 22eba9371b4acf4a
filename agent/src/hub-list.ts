import type { Hub } from './hub-url.ts'

/** The hubs of one configuration: which comes next, and which have asked to be left alone for a while. */
export class HubList {
  readonly #hubs: readonly Hub[]
  readonly #restUntilMs = new Map<Hub, number>()
  #current = 0

  constructor(hubs: readonly Hub[]) {
    this.#hubs = hubs
  }

  /** The one that took the last heartbeat, or is to be tried next. */
  get current(): Hub {
    return this.#hubs[this.#current] as Hub
  }

  /** Those that may be called now, the current one first. */
  callable(nowMs: number): Hub[] {
    const inOrder = [...this.#hubs.slice(this.#current), ...this.#hubs.slice(0, this.#current)]
    return inOrder.filter((hub) => this.#restsUntil(hub) <= nowMs)
  }

  /** The instant from which at least one may be called. */
  callableFromMs(): number {
    return Math.min(...this.#hubs.map((hub) => this.#restsUntil(hub)))
  }

  succeeded(hub: Hub): void {
    this.#current = this.#hubs.indexOf(hub)
  }

  /** The next one in the list comes first from now on. */
  failed(hub: Hub, restUntilMs: number): void {
    this.#restUntilMs.set(hub, restUntilMs)
    this.#current = (this.#hubs.indexOf(hub) + 1) % this.#hubs.length
  }

  #restsUntil(hub: Hub): number {
    return this.#restUntilMs.get(hub) ?? Number.NEGATIVE_INFINITY
  }
}
