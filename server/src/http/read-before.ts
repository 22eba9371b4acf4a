import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'

/** Bodies that were read before Fastify got the request. */
const bodies = new WeakMap<IncomingMessage, Buffer>()

/** Reads a body of this length. One that breaks off is never handed over: there is nobody left to answer. */
export function readBodyBefore(request: IncomingMessage, length: number, onBody: (body: Buffer) => void): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
    if (body.length !== length) return
    bodies.set(request, body)
    onBody(body)
  })
}

/** The request's body for whoever reads it now: what was read before, or what is still to come. */
export function bodyOf(request: IncomingMessage, stillToCome: Readable): Readable {
  const body = bodies.get(request)
  return body ? Readable.from([body], { objectMode: false }) : stillToCome
}
