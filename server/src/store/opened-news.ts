import { CHANNELS } from './channels.ts'
import type { Queryable } from './transaction.ts'

/** Tells all hubs of an alert or anomaly that was raised or changed, once the transaction is committed. */
export async function tellOf<T extends { readonly id: number }>(
  tx: Queryable,
  kind: 'alert' | 'anomaly',
  opened: T,
): Promise<T> {
  await tx.query('select pg_notify($1, $2)', [CHANNELS[kind], String(opened.id)])
  return opened
}
