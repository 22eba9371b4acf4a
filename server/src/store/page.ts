import { Refusal } from '../errors.ts'

export const DEFAULT_PAGE_SIZE = 50
export const MAX_PAGE_SIZE = 1_000

/** A part of a list: `first`/`after` forwards or `last`/`before` backwards. */
export interface PageRequest {
  readonly first?: number | undefined
  readonly after?: string | undefined
  readonly last?: number | undefined
  readonly before?: string | undefined
}

/** Some items in the list's order, and whether there are more on either side. */
export interface Page<T> {
  readonly items: readonly { readonly cursor: string; readonly node: T }[]
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
}

/** How a page is read from the database: in which direction, from where, and how many. */
export interface PageWindow {
  readonly backwards: boolean
  readonly after: string | undefined
  readonly size: number
}

/** What to read for this request: 50 rows where it names no number, 1,000 at most. `last` or `before` reads backwards. */
export function pageWindow(request: PageRequest): PageWindow {
  const backwards = request.last !== undefined || request.before !== undefined
  const size = (backwards ? request.last : request.first) ?? DEFAULT_PAGE_SIZE
  return { backwards, after: backwards ? request.before : request.after, size: Math.min(size, MAX_PAGE_SIZE) }
}

/** Makes a page of rows that were read in the window's direction, one more than its size where there is one. */
export function pageOf<R, T>(
  rows: readonly R[],
  { backwards, after, size }: PageWindow,
  cursorOf: (row: R) => string,
  nodeOf: (row: R) => T,
): Page<T> {
  const items = rows.slice(0, size).map((row) => ({ cursor: cursorOf(row), node: nodeOf(row) }))
  const more = rows.length > size
  const came = after !== undefined
  return {
    items: backwards ? items.reverse() : items,
    hasNextPage: backwards ? came : more,
    hasPreviousPage: backwards ? more : came,
  }
}

/** A list position as an opaque text: the kind of list and the sort key of the row. */
export function encodePosition(kind: string, key: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify([kind, ...key])).toString('base64url')
}

/** @throws Refusal BAD_CURSOR for anything that `encodePosition` did not make for this kind of list. */
export function decodePosition(kind: string, cursor: string, length: number): (string | number | null)[] {
  try {
    const [given, ...key] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (given === kind && key.length === length && key.every(isKeyPart)) return key
  } catch {
    // Not one of ours: refused below, like the rest.
  }
  throw badCursor()
}

/** The refusal of a cursor that we never gave out. */
export function badCursor(): Refusal {
  return new Refusal('BAD_CURSOR', 'This cursor was not given out here.')
}

function isKeyPart(part: unknown): boolean {
  return part === null || (typeof part === 'string' && !part.includes('\0')) || Number.isFinite(part)
}
