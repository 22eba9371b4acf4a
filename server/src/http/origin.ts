import type { IncomingHttpHeaders } from 'node:http'
import { Refusal } from '../errors.ts'

type OriginHeaders = Pick<IncomingHttpHeaders, 'origin' | 'host'>

/**
 * Whether a request comes from our own page or from no page at all.
 *
 * A browser states the page that a script runs on, and a program that is no browser states nothing: only a stranger's page
 * is kept out. `publicUrl` is where our page lives; without it, wherever the request was sent to.
 */
export function isOwnOrigin(headers: OriginHeaders, publicUrl: string | undefined): boolean {
  if (headers.origin === undefined) return true
  if (!URL.canParse(headers.origin)) return false // also "null": a sandboxed frame or a file

  const origin = new URL(headers.origin)
  if (publicUrl !== undefined) return origin.origin === new URL(publicUrl).origin
  return origin.host === normalHost(headers.host, origin.protocol)
}

/** @throws Refusal FORBIDDEN for a request that a stranger's page makes */
export function requireOwnOrigin(headers: OriginHeaders, publicUrl: string | undefined): void {
  if (isOwnOrigin(headers, publicUrl)) return
  throw new Refusal('FORBIDDEN', 'This request comes from a page of another origin.')
}

/** The Host header as a URL spells it: small letters, and no port where it is the usual one. */
function normalHost(host: string | undefined, protocol: string): string | undefined {
  const url = `${protocol}//${host}`
  return host !== undefined && URL.canParse(url) ? new URL(url).host : undefined
}
