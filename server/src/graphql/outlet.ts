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
  #closed = false

  constructor(socket: WebSocket, connection: Duplex, operationId: string) {
    this.#socket = socket
    this.#connection = connection
    this.#head = Buffer.from(`{"id":${JSON.stringify(operationId)},"type":"${MessageType.Next}","payload":`)
  }

  /** Writes what each message answers, in JSON. Resolves when the subscriber keeps up so far that more may be written. */
  async write(payloads: readonly Buffer[]): Promise<void> {
    for (let from = 0; from < payloads.length && this.#isOpen; ) {
      const { until, size } = this.#piece(payloads, from)
      const keepsUp = this.#connection.write(this.#frames(payloads, from, until, size))
      if (!keepsUp) await drained(this.#connection)
      from = until
    }
  }

  /** Nothing more is written. */
  close(): void {
    this.#closed = true
  }

  get #isOpen(): boolean {
    return !this.#closed && this.#socket.readyState === this.#socket.OPEN && !this.#connection.destroyed
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

const draining = new WeakMap<Duplex, Promise<void>>()

/** Resolves when what was written has gone out, or never will; the subscriptions of one connection wait together. */
function drained(connection: Duplex): Promise<void> {
  const waiting = draining.get(connection) ?? drainOf(connection)
  draining.set(connection, waiting)
  return waiting
}

function drainOf(connection: Duplex): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const done = () => {
    connection.off('drain', done)
    connection.off('close', done)
    draining.delete(connection)
    resolve()
  }
  connection.on('drain', done)
  connection.on('close', done)
  if (connection.destroyed) done()
  return promise
}
