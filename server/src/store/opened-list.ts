import type { Opened, OpenedTable } from './opened.ts'
import { badCursor, decodePosition, encodePosition, type Page, type PageRequest, pageOf, pageWindow } from './page.ts'
import type { Parameters } from './server-filter.ts'
import type { Store } from './store.ts'
import { reachable } from './transaction.ts'

/** A page of alerts or anomalies, the newest first. @throws Refusal BAD_CURSOR */
export async function listOpened<T extends Opened>(
  store: Store,
  table: OpenedTable<T>,
  where: { readonly conditions: readonly string[]; readonly parameters: Parameters },
  request: PageRequest,
): Promise<Page<T>> {
  const kind = table.name === 'alert' ? 'alerts' : 'anomalies'
  const window = pageWindow(request)
  const conditions = ['true', ...where.conditions]
  if (window.after !== undefined) {
    const [id] = decodePosition(kind, window.after, 1)
    if (!Number.isSafeInteger(id)) throw badCursor()
    conditions.push(`id ${window.backwards ? '>' : '<'} ${where.parameters.add(id)}::bigint`)
  }
  const { rows } = await reachable(() =>
    store.pool.query<T>(
      `select ${table.columns} from ${table.name} where ${conditions.join(' and ')}
       order by id ${window.backwards ? 'asc' : 'desc'} limit ${window.size + 1}`,
      where.parameters.values,
    ),
  )
  return pageOf(
    rows,
    window,
    (row) => encodePosition(kind, [row.id]),
    (row) => row,
  )
}
