import type { TokenFactsFragment } from '../api/generated/graphql.ts'
import { clock } from '../ui/durations.ts'
import type { Moment } from '../ui/words.ts'

export function isUsable({ revokedAt, expiresAt }: TokenFactsFragment, now: number): boolean {
  return revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > now)
}

/** When it ends, or how it has ended. */
export function ending({ revokedAt, expiresAt }: TokenFactsFragment, { now }: Moment): string {
  if (revokedAt !== null) return `revoked ${clock(Date.parse(revokedAt), now)}`
  if (expiresAt === null) return 'never'
  const at = Date.parse(expiresAt)
  return at <= now ? `expired ${clock(at, now)}` : clock(at, now)
}
