import { type ExecutionArgs, type ExecutionResult, execute } from 'graphql'

/** What a result looks like on the wire. */
export type ToWire = (result: ExecutionResult) => unknown

/**
 * One operation that any number of subscribers asked for: what it answers to an item is worked out and encoded once.
 *
 * An item is known by identity: whoever publishes hands the same object to all.
 */
export class SharedExecution {
  readonly #args: ExecutionArgs
  readonly #toWire: ToWire
  readonly #payloads = new WeakMap<object, Buffer | Promise<Buffer>>()

  constructor(args: ExecutionArgs, toWire: ToWire) {
    this.#args = args
    this.#toWire = toWire
  }

  /** The answers to these items, in JSON. They are worked out side by side, so that look-ups of all of them are one. */
  async payloads(items: readonly object[]): Promise<readonly Buffer[]> {
    const payloads = items.map((item) => this.#payloads.get(item) ?? this.#start(item))
    // From the last: when that is ready, hardly any other is waited for.
    for (let i = payloads.length - 1; i >= 0; i--) {
      const payload = payloads[i] as Buffer | Promise<Buffer>
      if (payload instanceof Promise) payloads[i] = await payload
    }
    return payloads as Buffer[]
  }

  #start(item: object): Promise<Buffer> {
    const payload = this.#answer(item)
    this.#payloads.set(item, payload)
    return payload
  }

  async #answer(item: object): Promise<Buffer> {
    const result = await execute({ ...this.#args, rootValue: item })
    const payload = Buffer.from(JSON.stringify(this.#toWire(result)))
    this.#payloads.set(item, payload)
    return payload
  }
}

/** The operations that run now, each under a key that is the same for all who may share it. */
export class SharedExecutions {
  readonly #running = new Map<string, { readonly execution: SharedExecution; users: number }>()

  constructor(readonly toWire: ToWire) {}

  /** To be left again by whoever enters. */
  enter(key: string, args: ExecutionArgs): SharedExecution {
    const running = this.#running.get(key) ?? { execution: new SharedExecution(args, this.toWire), users: 0 }
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
