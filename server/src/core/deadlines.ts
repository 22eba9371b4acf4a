import type { Instant, ServerId } from './types.ts'

const FIRST_CAPACITY = 1_024

/**
 * The deadline of each server, the earliest at hand: an indexed binary heap.
 *
 * A server has a slot for as long as it is queued. The heap orders slots in typed arrays, and only coming and going touch
 * the map, so a fleet of 100,000 is moved about without garbage. Equal deadlines are ordered by id.
 */
export class Deadlines {
  readonly #slots = new Map<ServerId, number>()
  readonly #free: number[] = []
  #heap = new Int32Array(FIRST_CAPACITY)
  #ids = new Int32Array(FIRST_CAPACITY)
  #ats = new Float64Array(FIRST_CAPACITY)
  #positions = new Int32Array(FIRST_CAPACITY)

  get size(): number {
    return this.#slots.size
  }

  ids(): IterableIterator<ServerId> {
    return this.#slots.keys()
  }

  get(id: ServerId): Instant | undefined {
    const slot = this.#slots.get(id)
    return slot === undefined ? undefined : this.#ats[slot]
  }

  /** The earliest deadline; `Infinity` when there is none. */
  earliest(): Instant {
    return this.size === 0 ? Infinity : this.#at(0)
  }

  /** Queues the server, or moves its deadline. @throws RangeError when `at` is not a number. */
  set(id: ServerId, at: Instant): void {
    if (Number.isNaN(at)) throw new RangeError(`The deadline of server ${id} is not a number`)
    const known = this.#slots.get(id)
    const slot = known ?? this.#newSlot(id)
    this.#ats[slot] = at
    this.#settle(slot, known === undefined ? this.size - 1 : this.#position(slot))
  }

  delete(id: ServerId): void {
    const slot = this.#slots.get(id)
    if (slot === undefined) return
    const position = this.#position(slot)
    this.#slots.delete(id)
    this.#free.push(slot)
    if (position < this.size) this.#settle(this.#slotAt(this.size), position)
  }

  /** Takes out the servers whose deadline is at or before `now`, earliest first. */
  takeDue(now: Instant): ServerId[] {
    const due: ServerId[] = []
    while (this.earliest() <= now && this.size > 0) {
      const id = this.#ids[this.#slotAt(0)] as ServerId
      this.delete(id)
      due.push(id)
    }
    return due
  }

  clear(): void {
    this.#slots.clear()
    this.#free.length = 0
  }

  #newSlot(id: ServerId): number {
    // Without a free slot, the slots in use are exactly 0 to size - 1.
    const slot = this.#free.pop() ?? this.size
    if (slot === this.#ids.length) this.#grow()
    this.#slots.set(id, slot)
    this.#ids[slot] = id
    return slot
  }

  #grow(): void {
    const capacity = this.#ids.length * 2
    this.#heap = copyOf(new Int32Array(capacity), this.#heap)
    this.#ids = copyOf(new Int32Array(capacity), this.#ids)
    this.#ats = copyOf(new Float64Array(capacity), this.#ats)
    this.#positions = copyOf(new Int32Array(capacity), this.#positions)
  }

  /** Puts the slot where it belongs, beginning from a position that is free for it. */
  #settle(slot: number, from: number): void {
    const position = this.#rise(slot, from)
    this.#place(slot, position === from ? this.#sink(slot, from) : position)
  }

  #rise(slot: number, from: number): number {
    let position = from
    while (position > 0) {
      const parent = (position - 1) >> 1
      if (!this.#isBefore(slot, this.#slotAt(parent))) break
      this.#place(this.#slotAt(parent), position)
      position = parent
    }
    return position
  }

  #sink(slot: number, from: number): number {
    let position = from
    for (;;) {
      let child = 2 * position + 1
      if (child >= this.size) return position
      if (child + 1 < this.size && this.#isBefore(this.#slotAt(child + 1), this.#slotAt(child))) child += 1
      if (!this.#isBefore(this.#slotAt(child), slot)) return position
      this.#place(this.#slotAt(child), position)
      position = child
    }
  }

  #place(slot: number, position: number): void {
    this.#heap[position] = slot
    this.#positions[slot] = position
  }

  #isBefore(a: number, b: number): boolean {
    const atA = this.#ats[a] as Instant
    const atB = this.#ats[b] as Instant
    return atA < atB || (atA === atB && (this.#ids[a] as ServerId) < (this.#ids[b] as ServerId))
  }

  #at(position: number): Instant {
    return this.#ats[this.#slotAt(position)] as Instant
  }

  #slotAt(position: number): number {
    return this.#heap[position] as number
  }

  #position(slot: number): number {
    return this.#positions[slot] as number
  }
}

function copyOf<T extends Int32Array | Float64Array>(larger: T, from: T): T {
  larger.set(from)
  return larger
}
