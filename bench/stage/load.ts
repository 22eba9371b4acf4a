import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { AnswerReader } from './answer-reader.ts'

export interface Load {
  readonly url: string
  /** So many requests are under way at all times, each on a connection of its own that stays open. */
  readonly connections: number
  /** The next request as it goes over the wire: see `requestBytes`. */
  readonly next: () => Buffer
  /** Text that every good answer's body holds. */
  readonly accepts: string
  readonly warmUpMs: number
  readonly measureMs: number
  /** Called at the beginning and at the end of what is measured. */
  readonly onBegin?: () => void
  readonly onEnd?: () => void
}

export interface LoadResult {
  /** Good answers within the measured time. */
  readonly answers: number
  readonly seconds: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** A request with a JSON body, as the agent and any HTTP client send it. */
export function requestBytes(path: string, token: string, body: string): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Connection: keep-alive',
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/**
 * Sends requests in a closed loop: each connection sends its next one when the last was answered.
 *
 * Bare sockets, because a whole HTTP client costs as much CPU as the server that it measures, and they share a machine.
 *
 * @throws Error at the first answer that is not good
 */
export async function runLoad(load: Load): Promise<LoadResult> {
  const { hostname, port } = new URL(load.url)
  const latencies: number[] = []
  let measures = false
  let ended = false
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => undefined)

  const drive = (socket: Socket) => {
    let sentAt = 0
    const reader = new AnswerReader(load.accepts, () => {
      if (measures) latencies.push(performance.now() - sentAt)
      if (!ended) send()
    })
    const send = () => {
      sentAt = performance.now()
      socket.write(load.next())
    }
    socket.setNoDelay(true)
    socket.on('data', (chunk) => {
      const complaint = reader.read(chunk)
      if (complaint) failure.reject(new Error(complaint))
    })
    socket.on('error', (error) => failure.reject(error))
    socket.on('close', () => {
      if (!ended) failure.reject(new Error('A connection was closed'))
    })
    send()
  }
  const sockets: Socket[] = []
  try {
    for (let i = 0; i < load.connections; i++) sockets.push(connect({ host: hostname, port: Number(port) }))
    await Promise.all(sockets.map((socket) => once(socket, 'connect')))
    for (const socket of sockets) drive(socket)

    await Promise.race([sleep(load.warmUpMs), failure.promise])
    const startedAt = performance.now()
    measures = true
    load.onBegin?.()
    await Promise.race([sleep(load.measureMs), failure.promise])
    load.onEnd?.()
    measures = false
    return resultOf(latencies, (performance.now() - startedAt) / 1_000)
  } finally {
    ended = true
    for (const socket of sockets) socket.destroy()
  }
}

function resultOf(latencies: readonly number[], seconds: number): LoadResult {
  const sorted = Float64Array.from(latencies).sort()
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
  return {
    answers: sorted.length,
    seconds,
    perSecond: sorted.length / seconds,
    p50Ms: rank(0.5),
    p99Ms: rank(0.99),
  }
}
