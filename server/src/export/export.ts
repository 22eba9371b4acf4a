import type { Store } from '../store/store.ts'
import { csvLine } from './csv.ts'
import { LISTS, type ListName, type Row } from './lists.ts'
import type { Query } from './query.ts'

export const FORMATS = { csv: 'text/csv; charset=utf-8', json: 'application/json; charset=utf-8' } as const
export type Format = keyof typeof FORMATS

/** The list and the format in a file's name: `events.csv`. Undefined for what there is not. */
export function fileNamed(name: string): { list: ListName; format: Format } | undefined {
  const [, list = '', format = ''] = /^([a-z]+)\.([a-z]+)$/.exec(name) ?? []
  if (!Object.hasOwn(LISTS, list) || !Object.hasOwn(FORMATS, format)) return undefined
  return { list: list as ListName, format: format as Format }
}

/**
 * A list as a file, piece by piece: a slow reader slows the reading down, and memory holds one page.
 *
 * The first page is read before this answers, so that a refusal can still be one.
 *
 * @throws Refusal BAD_USER_INPUT for a filter that is none, UNAVAILABLE
 */
export async function openExport(
  store: Store,
  { list, format }: { readonly list: ListName; readonly format: Format },
  query: Query,
): Promise<AsyncGenerator<string>> {
  const { columns, rows: read } = LISTS[list]
  const pages = read(store, query)
  const first = await pages.next()
  const rows = startingWith(first.done ? [] : first.value, pages)
  return format === 'csv' ? asCsv(columns, rows) : asJson(rows)
}

async function* startingWith(first: Row[], rest: AsyncGenerator<Row[]>): AsyncGenerator<Row[]> {
  yield first
  yield* rest
}

async function* asCsv(columns: readonly string[], pages: AsyncGenerator<Row[]>): AsyncGenerator<string> {
  yield csvLine(columns)
  for await (const rows of pages) {
    yield rows.map((row) => csvLine(columns.map((column) => row[column] ?? null))).join('')
  }
}

async function* asJson(pages: AsyncGenerator<Row[]>): AsyncGenerator<string> {
  let begun = false
  for await (const rows of pages) {
    if (rows.length === 0) continue
    const text = rows.map((row) => JSON.stringify(row)).join(',\n')
    yield begun ? `,\n${text}` : `[\n${text}`
    begun = true
  }
  yield begun ? '\n]\n' : '[]\n'
}
