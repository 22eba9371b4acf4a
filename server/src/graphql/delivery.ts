import type { Stream } from '../publish/stream.ts'
import type { Outlet } from './outlet.ts'
import type { SharedExecution } from './shared-execution.ts'

/**
 * Carries what a stream brings to one subscriber's socket, in order.
 *
 * It reads no further than the subscriber does: while the socket is full the rest waits in the stream, whose bound ends a
 * reader that is too slow. Where nothing has to be waited for it takes no turn of its own: among a thousand subscribers a
 * promise each costs as much as the write.
 */
export class Delivery {
  /** Resolves at the end of the stream, or when it was stopped; fails with what the stream was ended with. */
  readonly ended: Promise<void>
  readonly #source: Stream<object>
  readonly #execution: SharedExecution
  readonly #outlet: Outlet
  readonly #end = Promise.withResolvers<void>()
  #over = false
  /** What was read of the stream and has no answers yet. */
  #items: readonly object[] = []
  #payloads: readonly Buffer[] = []
  #written = 0

  constructor(source: Stream<object>, execution: SharedExecution, outlet: Outlet) {
    this.#source = source
    this.#execution = execution
    this.#outlet = outlet
    this.ended = this.#end.promise
    this.ended.catch(() => undefined) // it is heard of by whoever waits for it
    this.#go()
  }

  /** The subscriber has gone: nothing more is written. */
  stop(): void {
    this.#finish()
  }

  /** Goes on until something has to be waited for, which then calls it again. */
  readonly #go = (): void => {
    try {
      while (!this.#over && this.#step());
    } catch (error) {
      this.#finish({ error })
    }
  }

  /** Whether the next step can follow at once. */
  #step(): boolean {
    if (this.#written < this.#payloads.length) return this.#writes()
    this.#put([])
    return this.#items.length > 0 ? this.#answers() : this.#reads()
  }

  #writes(): boolean {
    if (this.#outlet.isFull) {
      this.#outlet.whenDrained(this.#go)
      return false
    }
    this.#written = this.#outlet.write(this.#payloads, this.#written)
    return true
  }

  #answers(): boolean {
    const payloads = this.#execution.payloads(this.#items, this.#go)
    if (!payloads) return false
    this.#items = []
    this.#put(payloads)
    return true
  }

  #reads(): boolean {
    const items = this.#source.poll(this.#go)
    if (items === null) this.#finish()
    else this.#items = items
    return this.#items.length > 0
  }

  #put(payloads: readonly Buffer[]): void {
    this.#payloads = payloads
    this.#written = 0
  }

  #finish(failure?: { readonly error: unknown }): void {
    if (this.#over) return
    this.#over = true
    this.#put([])
    this.#source.close()
    if (failure) this.#end.reject(failure.error)
    else this.#end.resolve()
  }
}
