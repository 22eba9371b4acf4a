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

export class ByteWriter {
  #bytes = new Uint8Array(1_024)
  #length = 0

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow()
    this.#bytes[this.#length++] = value
  }

  /** A whole number from 0 to 2^53. */
  whole(value: number): void {
    let rest = value
    while (rest >= 128) {
      this.byte((rest % 128) + 128)
      rest = Math.floor(rest / 128)
    }
    this.byte(rest)
  }

  double(value: number): void {
    for (const byte of new Uint8Array(Float64Array.of(value).buffer)) this.byte(byte)
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value)
    this.whole(bytes.length)
    for (const byte of bytes) this.byte(byte)
  }

  done(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  #grow(): void {
    const larger = new Uint8Array(2 * this.#bytes.length)
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

export class ByteReader {
  #at = 0

  constructor(readonly bytes: Uint8Array) {}

  byte(): number {
    const byte = this.bytes[this.#at++]
    if (byte === undefined) throw new Error('A packed block ends too early.')
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
    return new Float64Array(Uint8Array.from({ length: 8 }, () => this.byte()).buffer)[0] as number
  }

  text(): string {
    return new TextDecoder().decode(Uint8Array.from({ length: this.whole() }, () => this.byte()))
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

/** How many decimal places tell these numbers exactly; undefined where more than six would be needed. */
export function placesOf(values: readonly number[]): number | undefined {
  let places = 0
  let scale = 1
  for (const value of values) {
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
