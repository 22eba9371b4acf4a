import { type Instant, MAX_SERVER_ID, type ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { parseServerId } from '../ingest/entries.ts'
import { MAX_PAGE_SIZE, type PageRequest } from '../store/page.ts'

/*
 * Makes input fit to be stored, or refuses it with BAD_USER_INPUT and the field as the caller spelled it.
 *
 * Plain functions and not class-validator: it judges but does not trim, and its errors would have to be translated.
 */

const MAX_TAGS = 20
const MAX_IDS = 1_000
const MAX_CURSOR = 1_000

/** Control characters, NUL among them. PostgreSQL refuses NUL; the rest breaks terminals and logs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/
/** The same, but line breaks and tabs may stay. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_IN_PROSE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/

type Maybe<T> = T | null | undefined

/** One line of 1 to `max` characters, trimmed. */
export function cleanLine(text: string, field: string, max: number): string {
  const line = cleanText(text, field, max, CONTROL)
  if (line === '') throw bad(field, 'must not be empty.')
  return line
}

/** Up to `max` characters that may have several lines, trimmed. */
export function cleanProse(text: string, field: string, max: number): string {
  return cleanText(text, field, max, CONTROL_IN_PROSE)
}

/** Up to 20 tags of up to 50 characters, each once. */
export function cleanTags(tags: readonly string[], field: string): string[] {
  const clean = [...new Set(tags.slice(0, MAX_IDS).map((tag, i) => cleanLine(tag, `${field}[${i}]`, 50)))]
  if (tags.length > MAX_IDS || clean.length > MAX_TAGS) throw bad(field, `must not have more than ${MAX_TAGS} tags.`)
  return clean
}

export function cleanOfflineAfter(seconds: number, field: string): number {
  if (seconds < 2 || seconds > 86_400) throw bad(field, 'must be from 2 to 86,400.')
  return seconds
}

/** A number that can be compared; a literal such as 1e999 is read as infinite. */
export function cleanNumber(number: number, field: string): number {
  if (!Number.isFinite(number)) throw bad(field, 'is too large.')
  return number
}

/** The id of anything but a server. */
export function cleanId(id: string, field: string): number {
  const number = /^[1-9]\d{0,9}$/.test(id) ? Number(id) : Number.NaN
  if (number <= MAX_SERVER_ID) return number
  throw bad(field, `is not an id: a whole number from 1 to ${MAX_SERVER_ID}.`)
}

export function cleanServerIds(ids: readonly string[], field: string): ServerId[] {
  if (ids.length > MAX_IDS) throw bad(field, 'must not have more than 1,000 ids.')
  return ids.map((id, i) => parseServerId(id, `${field}[${i}]`))
}

export interface PageArguments {
  readonly first?: Maybe<number>
  readonly after?: Maybe<string>
  readonly last?: Maybe<number>
  readonly before?: Maybe<string>
}

/** `first`/`after` or `last`/`before`, never a mixture; 1 to 1,000. */
export function cleanPage({ first, after, last, before }: PageArguments): PageRequest {
  const backwards = (last ?? before ?? null) !== null
  if (backwards && (first ?? null) !== null) throw bad('first', 'cannot be combined with last or before.')
  if (backwards && (after ?? null) !== null) throw bad('after', 'cannot be combined with last or before.')
  return {
    first: cleanSize(first, 'first'),
    after: cleanCursor(after),
    last: cleanSize(last, 'last'),
    before: cleanCursor(before),
  }
}

/** The range's ends; null where it is open. */
export function cleanRange(from: Maybe<Instant>, to: Maybe<Instant>): [Instant | null, Instant | null] {
  if (from != null && to != null && from >= to) throw bad('from', 'must be before to.')
  return [from ?? null, to ?? null]
}

/** Leaves null as undefined, else cleans it: for optional input. */
export function ifGiven<T, R>(value: Maybe<T>, clean: (value: T) => R): R | undefined {
  return value === null || value === undefined ? undefined : clean(value)
}

export function bad(field: string, what: string): Refusal {
  return new Refusal('BAD_USER_INPUT', `${field} ${what}`, { field })
}

/** Shown as `BAD_CURSOR` by whoever reads it; one of this length was not given out by anybody. */
function cleanCursor(cursor: Maybe<string>): string | undefined {
  if (cursor && cursor.length > MAX_CURSOR) throw new Refusal('BAD_CURSOR', 'This cursor was not given out here.')
  return cursor ?? undefined
}

function cleanSize(size: Maybe<number>, field: string): number | undefined {
  if (size != null && (size < 1 || size > MAX_PAGE_SIZE)) throw bad(field, 'must be from 1 to 1,000.')
  return size ?? undefined
}

function cleanText(text: string, field: string, max: number, forbidden: RegExp): string {
  // Before anything looks at its characters: it may be a megabyte.
  if (text.length > 2 * max) throw bad(field, `must not have more than ${max} characters.`)
  const trimmed = text.trim()
  if (trimmed.length > max) throw bad(field, `must not have more than ${max} characters.`)
  if (forbidden.test(trimmed) || !trimmed.isWellFormed()) throw bad(field, 'must not have control characters.')
  return trimmed
}
