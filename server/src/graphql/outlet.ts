import type { Duplex } from 'node:stream'
import { MessageType } from 'graphql-ws'
import type { WebSocket } from 'ws'

/** What is written at once; more than this is written in several pieces, each when the one before has gone out. */
const MAX_WRITTEN = 131_072

/** A text frame that is a whole message, from a server: not masked. RFC 6455, 5.2. */
const TEXT_FRAME = 0x81
const LENGTH_OF_16_BITS = 126
const LENGTH_OF_64_BITS = 127

const MESSAGE_END = '}'.charCodeAt(0)

/**
 * One subscription's way out: its `next` messages, all that are at hand in one write.
 *
 * `ws` would make two buffers and two system calls of each message. Here the frames are laid side by side, and only what
 * differs from subscriber to subscriber, the operation's id, is not shared. It writes to the connection below `ws`, between
 * frames of `ws`, which never leaves one half written: messages are not compressed.
 */
export class Outlet {
  readonly #socket: WebSocket
  readonly #connection: Duplex
  readonly #head: Buffer

  constructor(socket: WebSocket, connection: Duplex, operationId: string) {
    this.#socket = socket
    this.#connection = connection
    this.#head = Buffer.from(`{"id":${JSON.stringify(operationId)},"type":"${MessageType.Next}","payload":`)
  }

  /**
   * Writes what the messages answer, in JSON, from this one on: all of them, or as many as the subscriber keeps up with.
   *
   * @returns which is to be written next, when `whenDrained` has called back
   */
  write(payloads: readonly Buffer[], from: number): number {
    if (!this.#isOpen) return payloads.length
    for (let next = from; ; ) {
      const { until, size } = this.#piece(payloads, next)
      const keepsUp = this.#connection.write(this.#frames(payloads, next, until, size))
      next = until
      if (!keepsUp || next === payloads.length) return next
    }
  }

  /** Too much waits in the socket for more to be written. */
  get isFull(): boolean {
    return this.#connection.writableNeedDrain
  }

  /** Calls back once, when the socket is empty. Never where it is closed before. */
  whenDrained(callBack: () => void): void {
    this.#connection.once('drain', callBack)
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN && !this.#connection.destroyed
  }

  /** How many payloads are written at once, one at least, and the size of their frames. */
  #piece(payloads: readonly Buffer[], from: number): { until: number; size: number } {
    let until = from
    let size = 0
    do {
      const length = this.#lengthOf(payloads[until] as Buffer)
      size += headerSize(length) + length
      until += 1
    } while (until < payloads.length && size < MAX_WRITTEN)
    return { until, size }
  }

  #frames(payloads: readonly Buffer[], from: number, until: number, size: number): Buffer {
    const frames = Buffer.allocUnsafe(size)
    let end = 0
    for (let i = from; i < until; i++) {
      const payload = payloads[i] as Buffer
      end = writeHeader(frames, end, this.#lengthOf(payload))
      frames.set(this.#head, end)
      end += this.#head.length
      frames.set(payload, end)
      end += payload.length
      frames[end++] = MESSAGE_END
    }
    return frames
  }

  #lengthOf(payload: Buffer): number {
    return this.#head.length + payload.length + 1
  }
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
