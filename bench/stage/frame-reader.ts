const FIN_AND_TEXT = 0x81
const CLOSE = 0x88
const PING = 0x89
const LENGTH_OF_16_BITS = 126
const LENGTH_OF_64_BITS = 127

export interface FrameHandlers {
  readonly onText: (payload: Buffer) => void
  readonly onPing: (payload: Buffer) => void
  readonly onClose: (payload: Buffer) => void
}

/** Reads whole WebSocket frames of a server off one connection; understands no more than that, and costs little. */
export class FrameReader {
  readonly #handlers: FrameHandlers
  #rest: Buffer | undefined

  constructor(handlers: FrameHandlers) {
    this.#handlers = handlers
  }

  read(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk
    let at = 0
    for (;;) {
      const begin = at + headerSize(bytes, at)
      const end = begin + payloadLength(bytes, at)
      if (!(end <= bytes.length)) break
      this.#handle(bytes[at] as number, bytes.subarray(begin, end))
      at = end
    }
    this.#rest = at < bytes.length ? bytes.subarray(at) : undefined
  }

  #handle(kind: number, payload: Buffer): void {
    if (kind === FIN_AND_TEXT) this.#handlers.onText(payload)
    else if (kind === PING) this.#handlers.onPing(payload)
    else if (kind === CLOSE) this.#handlers.onClose(payload)
    else throw new Error(`A frame of an unexpected kind: 0x${kind.toString(16)}`)
  }
}

/** A masked text frame, as clients must send them; the mask is 0, which masks nothing. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const header = Buffer.alloc(payload.length < LENGTH_OF_16_BITS ? 6 : 8)
  header[0] = FIN_AND_TEXT
  header[1] = 0x80 | (header.length === 6 ? payload.length : LENGTH_OF_16_BITS)
  if (header.length === 8) header.writeUInt16BE(payload.length, 2)
  return Buffer.concat([header, payload])
}

/** The answer to a ping without a payload, which is how `ws` pings. */
export const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])

/** NaN where it is not known yet. */
function headerSize(bytes: Buffer, at: number): number {
  const length = bytes[at + 1]
  if (length === undefined) return Number.NaN
  if (length === LENGTH_OF_16_BITS) return 4
  return length === LENGTH_OF_64_BITS ? 10 : 2
}

function payloadLength(bytes: Buffer, at: number): number {
  const length = bytes[at + 1]
  if (length === undefined || length < LENGTH_OF_16_BITS) return length ?? Number.NaN
  if (bytes.length < at + headerSize(bytes, at)) return Number.NaN
  return length === LENGTH_OF_16_BITS ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
}
