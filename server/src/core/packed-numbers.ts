/**
 * Columns of numbers in few bytes, without loss.
 *
 * Figures of machines are decimals with few places that change little from one sample to the next: so a column is kept as
 * whole numbers of its last place, each as the difference to the one before. Differences are small and take a byte or two.
 */

/** More decimal places than this are kept as doubles, 8 bytes each. */
const MAX_PLACES = 6
const AS_DOUBLES = 7
const HAS_HOLES = 8
const EMPTY = 16

/** Whole numbers and their differences must be exact. */
const MAX_WHOLE = 2 ** 51

/** Where a double and its bytes are one another. */
const DOUBLE = new Float64Array(1)
const DOUBLE_BYTES = new Uint8Array(DOUBLE.buffer)

const ENCODER = new TextEncoder()
const DECODER = new TextDecoder()

/** The most bytes of a whole number up to 2^53. */
const MAX_WHOLE_BYTES = 8

export class ByteWriter {
  #bytes = new Uint8Array(4_096)
  #length = 0

  byte(value: number): void {
    this.#makeRoom(1)
    this.#bytes[this.#length++] = value
  }

  /** A whole number from 0 to 2^53. */
  whole(value: number): void {
    this.#makeRoom(MAX_WHOLE_BYTES)
    let rest = value
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#length++] = rest
  }

  double(value: number): void {
    DOUBLE[0] = value
    this.#all(DOUBLE_BYTES)
  }

  text(value: string): void {
    const bytes = ENCODER.encode(value)
    this.whole(bytes.length)
    this.#all(bytes)
  }

  /** What was written; it stays as it is until `clear` only. */
  done(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  clear(): void {
    this.#length = 0
  }

  #all(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return
    const larger = new Uint8Array(2 * this.#bytes.length + bytes)
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

const ENDS_TOO_EARLY = 'A packed block ends too early.'

export class ByteReader {
  #at = 0

  constructor(readonly bytes: Uint8Array) {}

  byte(): number {
    const byte = this.bytes[this.#at++]
    if (byte === undefined) throw new Error(ENDS_TOO_EARLY)
    return byte
  }

  whole(): number {
    const first = this.byte()
    if (first < 128) return first
    let value = first - 128
    for (let factor = 128; ; factor *= 128) {
      const byte = this.byte()
      if (byte < 128) return value + byte * factor
      value += (byte - 128) * factor
    }
  }

  double(): number {
    for (let i = 0; i < 8; i++) DOUBLE_BYTES[i] = this.byte()
    return DOUBLE[0] as number
  }

  text(): string {
    const length = this.whole()
    const bytes = this.bytes.subarray(this.#at, this.#at + length)
    if (bytes.length < length) throw new Error(ENDS_TOO_EARLY)
    this.#at += length
    return DECODER.decode(bytes)
  }
}

/** Writes a column; the reader must know how long it is. NaN and infinity are not figures: see `null`. */
export function packNumbers(to: ByteWriter, values: readonly (number | null)[]): void {
  const known = values.includes(null) ? values.filter((value) => value !== null) : (values as readonly number[])
  if (known.length === 0) {
    to.byte(EMPTY)
    return
  }
  const places = placesOf(known)
  const holes = known.length < values.length
  to.byte((places ?? AS_DOUBLES) + (holes ? HAS_HOLES : 0))
  if (holes) packHoles(to, values)
  if (places === undefined) for (const value of known) to.double(value)
  else packDifferences(to, known, 10 ** places)
}

export function unpackNumbers(from: ByteReader, length: number): (number | null)[] {
  const values: (number | null)[] = unpackColumn(from, length)
  for (let i = 0; i < length; i++) if (Number.isNaN(values[i])) values[i] = null
  return values
}

/** As `unpackNumbers`, with NaN where there is none: columns of roll-ups are read by the hundred. */
export function unpackColumn(from: ByteReader, length: number): number[] {
  const head = from.byte()
  const values: number[] = []
  if (head === EMPTY) {
    for (let i = 0; i < length; i++) values.push(Number.NaN)
    return values
  }
  const isThere = head >= HAS_HOLES ? unpackHoles(from, length) : undefined
  const places = head % HAS_HOLES
  const scale = 10 ** places
  let whole = 0
  for (let i = 0; i < length; i++) {
    if (isThere && !isThere[i]) values.push(Number.NaN)
    else if (places === AS_DOUBLES) values.push(from.double())
    else {
      whole += unfold(from.whole())
      values.push(whole / scale)
    }
  }
  return values
}

/**
 * How many decimal places tell these numbers exactly; undefined where more than six would be needed. Those that are null
 * need none.
 *
 * @param places so many at least.
 */
export function placesOf(values: readonly (number | null)[], places = 0): number | undefined {
  let scale = 10 ** places
  for (const value of values) {
    if (value === null) continue
    while (!isWholeIn(value, scale)) {
      if (++places > MAX_PLACES) return undefined
      scale *= 10
    }
  }
  return places
}

function isWholeIn(value: number, scale: number): boolean {
  const whole = Math.round(value * scale)
  return whole / scale === value && Math.abs(whole) <= MAX_WHOLE
}

function packDifferences(to: ByteWriter, values: readonly number[], scale: number): void {
  let before = 0
  for (const value of values) {
    const whole = Math.round(value * scale)
    to.whole(fold(whole - before))
    before = whole
  }
}

/** 0, -1, 1, -2, 2 … as 0, 1, 2, 3, 4 … */
function fold(difference: number): number {
  return difference >= 0 ? 2 * difference : -2 * difference - 1
}

function unfold(folded: number): number {
  return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2
}

function packHoles(to: ByteWriter, values: readonly (number | null)[]): void {
  for (let i = 0; i < values.length; i += 8) {
    to.byte(values.slice(i, i + 8).reduce((bits: number, value, bit) => bits + (value === null ? 0 : 2 ** bit), 0))
  }
}

function unpackHoles(from: ByteReader, length: number): boolean[] {
  const bytes = Array.from({ length: Math.ceil(length / 8) }, () => from.byte())
  return Array.from({ length }, (_, i) => Math.floor((bytes[i >> 3] as number) / 2 ** (i % 8)) % 2 === 1)
}
