import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { FrameReader, PONG, textFrame } from './frame-reader.ts'

export interface Subscription {
  /** Of the hub; the WebSocket is at /graphql. */
  readonly url: string
  readonly token: string
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
  /** Called for each `next` message of the first subscriber, with its JSON. */
  readonly onNext?: (json: Buffer) => void
}

const END_OF_HEAD = '\r\n\r\n'
const NEXT = Buffer.from('"type":"next"')
const ACK = Buffer.from('connection_ack')
const REFUSED = Buffer.from('"type":"error"')

/**
 * Subscribers by the protocol of graphql-ws, each with an operation id of its own, as clients have it.
 *
 * On bare sockets, and only the first one's messages are looked into: a thousand whole clients would cost more than the hub
 * that they measure, and they share a machine.
 */
export class Subscribers {
  readonly #sockets: Socket[] = []
  readonly #counts: Float64Array
  #waiting: { readonly each: number; readonly resolve: () => void } | undefined
  readonly #failure = Promise.withResolvers<never>()
  /** Of all subscribers together. */
  received = 0

  private constructor(count: number) {
    this.#counts = new Float64Array(count)
    this.#failure.promise.catch(() => undefined)
  }

  static async open(count: number, subscription: Subscription): Promise<Subscribers> {
    const subscribers = new Subscribers(count)
    for (let i = 0; i < count; i += 50) {
      const some = Array.from({ length: Math.min(50, count - i) }, (_, n) =>
        subscribers.#subscribe(i + n, subscription),
      )
      await Promise.all(some)
    }
    return subscribers
  }

  /** Resolves when each subscriber has got so many messages since the beginning. */
  async each(count: number): Promise<void> {
    if (this.#fewest() >= count) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting = { each: count, resolve }
    await Promise.race([promise, this.#failure.promise])
  }

  close(): void {
    for (const socket of this.#sockets) {
      socket.removeAllListeners('close')
      socket.destroy()
    }
  }

  async #subscribe(index: number, { url, token, query, variables, onNext }: Subscription): Promise<void> {
    const socket = await openSocket(url)
    this.#sockets.push(socket)
    const acknowledged = Promise.withResolvers<void>()
    const reader = new FrameReader({
      onText: (payload) => {
        if (payload.includes(NEXT)) this.#count(index, payload, onNext)
        else if (payload.includes(ACK)) acknowledged.resolve()
        else if (payload.includes(REFUSED)) this.#failure.reject(new Error(`Refused: ${payload}`))
      },
      onPing: () => socket.write(PONG),
      onClose: (payload) => this.#failure.reject(new Error(`Closed with ${payload.readUInt16BE(0)}`)),
    })
    socket.on('data', (chunk) => reader.read(chunk))
    socket.on('error', (error) => this.#failure.reject(error))
    socket.on('close', () => this.#failure.reject(new Error('A subscriber was cut off')))
    const authorization = `Bearer ${token}`
    socket.write(textFrame(JSON.stringify({ type: 'connection_init', payload: { authorization } })))
    await Promise.race([acknowledged.promise, this.#failure.promise])
    const operation = { id: randomUUID(), type: 'subscribe', payload: { query, variables } }
    socket.write(textFrame(JSON.stringify(operation)))
  }

  #count(index: number, payload: Buffer, onNext: ((json: Buffer) => void) | undefined): void {
    if (index === 0) onNext?.(payload)
    this.received += 1
    const count = (this.#counts[index] as number) + 1
    this.#counts[index] = count
    if (count === this.#waiting?.each && this.#fewest() >= count) {
      this.#waiting.resolve()
      this.#waiting = undefined
    }
  }

  #fewest(): number {
    return this.#counts.reduce((fewest, count) => Math.min(fewest, count), Infinity)
  }
}

async function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  const request = [
    'GET /graphql HTTP/1.1',
    `Host: ${hostname}:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    'Sec-WebSocket-Protocol: graphql-transport-ws',
  ]
  socket.write(request.join('\r\n') + END_OF_HEAD)
  const [head] = (await once(socket, 'data')) as [Buffer]
  // A server says nothing over a new WebSocket before it is spoken to.
  if (!head.toString('latin1').startsWith('HTTP/1.1 101 ')) throw new Error(`No WebSocket: ${head}`)
  return socket
}
