import type { Duplex } from 'node:stream'
import { MessageType } from 'graphql-ws'
import type { WebSocket } from 'ws'
import type { Frames } from './frames.ts'

/**
 * One subscription's way out: its `next` messages, all that are at hand in one write.
 *
 * `ws` would make two buffers and two system calls of each message. Here the frames are laid side by side. It writes to the connection below `ws`, between
 * frames of `ws`, which never leaves one half written: messages are not compressed.
 */
export class Outlet {
  readonly #socket: WebSocket
  readonly #connection: Duplex
  readonly #head: Buffer
  readonly #frames: Frames

  /** @param frames may be the same for all: it is used in turn */
  constructor(socket: WebSocket, connection: Duplex, operationId: string, frames: Frames) {
    this.#socket = socket
    this.#connection = connection
    this.#frames = frames
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
      const { bytes, until } = this.#frames.lay(this.#head, payloads, next)
      const keepsUp = this.#connection.write(bytes)
      // What the kernel took at once is gone; what it did not take is read later from where it is.
      if (this.#connection.writableLength > 0) this.#frames.giveAway()
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
}
