import type { Server } from 'node:net'

/** As many connections as the system keeps for us until we accept them: Node asks for 511. */
const MAX_UNACCEPTED = 512

/**
 * Reads what has arrived at a port.
 *
 * What arrives lies in the system until the event loop gets to it, and a loop that stood still for a while has not. A turn of
 * the loop asks once which sockets have something, and reads it; but of the connections that wait it accepts one a turn.
 * So what had arrived by some moment has been read after
 * - the turn of that moment, which may have asked before it, and
 * - more turns until one accepts nobody: no connection waits then that waited before, and it reads what the one accepted
 *   last has brought.
 *
 * Request handlers have begun by then. What they ask for before they hand a heartbeat on (whose token it is) is `settled`.
 */
export class Arrivals {
  #accepted = 0

  /** @param server not listening yet */
  constructor(
    server: Server,
    readonly settled: () => Promise<void>,
  ) {
    server.on('connection', () => {
      this.#accepted += 1
    })
  }

  /** Resolves when everything that had arrived before the call has been handed on. */
  async read(): Promise<void> {
    await turn()
    for (let before = -1, turns = 0; before !== this.#accepted && turns < MAX_UNACCEPTED; turns++) {
      before = this.#accepted
      await turn()
    }
    await this.settled()
    await turn()
  }
}

/** Resolves when the event loop has read what its sockets have: setImmediate comes right after that. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
