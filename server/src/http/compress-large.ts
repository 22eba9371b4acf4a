import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * Answers as long as this travel compressed: a fleet of 10,000 is 3 MB, and a tenth of it in this form. Shorter ones do
 * not: among them are those that hold a new token, whose length must tell nothing of it.
 */
const LARGE = 64 * 1_024

const compress = promisify(gzip)

/** A hook before sending. In another thread than ours, and as little as is worth it. */
export async function compressLarge(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  if (typeof payload !== 'string' || payload.length < LARGE || !takesGzip(request)) return payload
  reply.header('content-encoding', 'gzip').header('vary', 'accept-encoding').removeHeader('content-length')
  return compress(payload, { level: constants.Z_BEST_SPEED })
}

function takesGzip({ headers }: FastifyRequest): boolean {
  return /(^|[\s,])gzip(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(String(headers['accept-encoding'] ?? ''))
}
