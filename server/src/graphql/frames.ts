/** What is written at once; more than this is written in several pieces, each when the one before has gone out. */
const MAX_WRITTEN = 131_072

/** A text frame that is a whole message, from a server: not masked. RFC 6455, 5.2. */
const TEXT_FRAME = 0x81
const LENGTH_OF_16_BITS = 126
const LENGTH_OF_64_BITS = 127

const MESSAGE_END = '}'.charCodeAt(0)

/** Frames side by side. */
export interface Piece {
  /** Whoever lays frames next may write over them, unless they are given away before. */
  readonly bytes: Buffer
  /** Which payload is the first of the next piece. */
  readonly until: number
}

interface Laid extends Piece {
  readonly payloads: readonly Buffer[]
  readonly from: number
  readonly headLength: number
  /** Where each head stands. */
  readonly heads: readonly number[]
}

/**
 * Lays messages side by side as frames of WebSocket, for one subscriber after the other, always in the same memory.
 *
 * To a thousand subscribers of the same the same payloads go out, and only the head differs, which names their operation:
 * for the second of them and all that follow only the heads are written. Whatever the kernel takes at once needs no memory
 * of its own, and that is nearly all.
 */
export class Frames {
  #memory: Buffer = Buffer.alloc(0)
  #laid: Laid | undefined

  /** As many payloads as are written at once, from this one on; one at least. Each message is a head, a payload and `}`. */
  lay(head: Buffer, payloads: readonly Buffer[], from: number): Piece {
    const laid = this.#laid
    if (laid?.payloads !== payloads || laid.from !== from || laid.headLength !== head.length) {
      this.#laid = this.#layAnew(head, payloads, from)
      return this.#laid
    }
    for (const at of laid.heads) laid.bytes.set(head, at)
    return laid
  }

  /** What was laid last is still on its way: this memory is not ours any more. */
  giveAway(): void {
    this.#memory = Buffer.alloc(0)
    this.#laid = undefined
  }

  #layAnew(head: Buffer, payloads: readonly Buffer[], from: number): Laid {
    const { until, size } = extentOf(head, payloads, from)
    if (this.#memory.length < size) this.#memory = Buffer.allocUnsafeSlow(size)
    const bytes = this.#memory.subarray(0, size)
    const heads: number[] = []
    let end = 0
    for (let i = from; i < until; i++) {
      const payload = payloads[i] as Buffer
      end = writeHeader(bytes, end, messageLength(head, payload))
      heads.push(end)
      bytes.set(head, end)
      end += head.length
      bytes.set(payload, end)
      end += payload.length
      bytes[end++] = MESSAGE_END
    }
    return { bytes, until, payloads, from, headLength: head.length, heads }
  }
}

function extentOf(head: Buffer, payloads: readonly Buffer[], from: number): { until: number; size: number } {
  let until = from
  let size = 0
  do {
    const length = messageLength(head, payloads[until] as Buffer)
    size += headerSize(length) + length
    until += 1
  } while (until < payloads.length && size < MAX_WRITTEN)
  return { until, size }
}

function messageLength(head: Buffer, payload: Buffer): number {
  return head.length + payload.length + 1
}

function headerSize(length: number): number {
  if (length < LENGTH_OF_16_BITS) return 2
  return length < 65_536 ? 4 : 10
}

function writeHeader(frames: Buffer, at: number, length: number): number {
  frames[at] = TEXT_FRAME
  if (length < LENGTH_OF_16_BITS) {
    frames[at + 1] = length
    return at + 2
  }
  if (length < 65_536) {
    frames[at + 1] = LENGTH_OF_16_BITS
    return frames.writeUInt16BE(length, at + 2)
  }
  frames[at + 1] = LENGTH_OF_64_BITS
  return frames.writeBigUInt64BE(BigInt(length), at + 2)
}
