import { type AlertLimits, DEFAULT_LIMITS } from '../core/thresholds.ts'
import type { ServerId } from '../core/types.ts'
import type { Queryable } from './transaction.ts'

/** Each server's own limits over the defaults. */
export async function readLimits(tx: Queryable, ids: readonly ServerId[]): Promise<Map<ServerId, AlertLimits>> {
  const { rows } = await tx.query<{ id: ServerId; limits: Partial<AlertLimits> }>(
    'select id, alert_limits as limits from server where id = any($1::int[])',
    [ids],
  )
  return new Map(rows.map(({ id, limits }) => [id, { ...DEFAULT_LIMITS, ...limits }]))
}
