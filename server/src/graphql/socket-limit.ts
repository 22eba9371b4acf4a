import type { WebSocket } from 'ws'
import { type Caller, identityOf } from '../access/caller.ts'

/** How many sockets may be open. */
export interface SocketLimits {
  readonly maxSockets: number
  readonly maxSocketsPerCaller: number
}

/** Counts the open sockets of each caller: none may take all there are. */
export class CallerSockets {
  readonly #open = new Map<string, number>()

  constructor(readonly max: number) {}

  /** Counts the socket as the caller's until it closes; false where the caller has too many, or it has closed already. */
  enter(caller: Caller, socket: WebSocket): boolean {
    if (socket.readyState !== socket.OPEN) return false
    const key = identityOf(caller)
    const open = this.#open.get(key) ?? 0
    if (open >= this.max) return false
    this.#open.set(key, open + 1)
    socket.once('close', () => this.#leave(key))
    return true
  }

  #leave(key: string): void {
    const open = (this.#open.get(key) ?? 0) - 1
    if (open > 0) this.#open.set(key, open)
    else this.#open.delete(key)
  }
}
