import { type ExecutionArgs, type ExecutionResult, execute } from 'graphql'
import { DEFECT, type Log } from './format-error.ts'

/** What a result looks like on the wire. */
export type ToWire = (result: ExecutionResult) => unknown

/** Answers to more items than this at once are told a turn later, so that a storm lets heartbeats through in between. */
const STORM = 100

/**
 * One operation that any number of subscribers asked for: what it answers to an item is worked out and encoded once.
 *
 * An item is known by identity: whoever publishes hands the same object to all.
 */
export class SharedExecution {
  readonly #args: ExecutionArgs
  readonly #toWire: ToWire
  readonly #log: Log
  /** Undefined while it is worked out. */
  readonly #payloads = new WeakMap<object, Buffer | undefined>()
  #waiting: (() => void)[] = []
  /** What was asked for last, until something new is there: those who read the same together need not look it up. */
  #last: { readonly items: readonly object[]; readonly payloads: readonly Buffer[] | undefined } | undefined

  constructor(args: ExecutionArgs, toWire: ToWire, log: Log) {
    this.#args = args
    this.#toWire = toWire
    this.#log = log
  }

  /**
   * The answers to these items, in JSON. Undefined where some are still to be worked out: `onReady` is called once, when
   * it is worth while to ask again.
   *
   * They are worked out side by side, so that look-ups for all of them are one, and told together.
   */
  payloads(items: readonly object[], onReady: () => void): readonly Buffer[] | undefined {
    if (this.#last?.items !== items) this.#last = { items, payloads: this.#findOrStart(items) }
    if (!this.#last.payloads) this.#waiting.push(onReady)
    return this.#last.payloads
  }

  #findOrStart(items: readonly object[]): readonly Buffer[] | undefined {
    const payloads = items.map((item) => this.#payloads.get(item))
    if (payloads.every((payload) => payload !== undefined)) return payloads
    const fresh = items.filter((item) => !this.#payloads.has(item))
    if (fresh.length > 0) void this.#workOut(fresh)
    return undefined
  }

  async #workOut(items: readonly object[]): Promise<void> {
    for (const item of items) this.#payloads.set(item, undefined)
    const payloads = await Promise.all(items.map((item) => this.#answer(item)))
    for (const [i, item] of items.entries()) this.#payloads.set(item, payloads[i])
    if (items.length > STORM) setImmediate(() => this.#tell())
    else this.#tell()
  }

  /** Never fails: nobody would catch it, and the items beside this one are well. */
  async #answer(item: object): Promise<Buffer> {
    try {
      const result = await execute({ ...this.#args, rootValue: item })
      return Buffer.from(JSON.stringify(this.#toWire(result)))
    } catch (error) {
      this.#log(error)
      return Buffer.from(JSON.stringify({ errors: [DEFECT] }))
    }
  }

  #tell(): void {
    const waiting = this.#waiting
    this.#waiting = []
    this.#last = undefined
    for (const onReady of waiting) onReady()
    this.#last = undefined
  }
}

/** The operations that run now, each under a key that is the same for all who may share it. */
export class SharedExecutions {
  readonly #running = new Map<string, { readonly execution: SharedExecution; users: number }>()

  constructor(
    readonly toWire: ToWire,
    readonly log: Log,
  ) {}

  /** To be left again by whoever enters. */
  enter(key: string, args: ExecutionArgs): SharedExecution {
    const running = this.#running.get(key) ?? { execution: new SharedExecution(args, this.toWire, this.log), users: 0 }
    running.users += 1
    this.#running.set(key, running)
    return running.execution
  }

  leave(key: string): void {
    const running = this.#running.get(key)
    if (!running) return
    running.users -= 1
    if (running.users === 0) this.#running.delete(key)
  }

  get size(): number {
    return this.#running.size
  }
}
