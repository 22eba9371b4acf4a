/*
 * Arrays as PostgreSQL spells them. `pg` can do this too, element by element for any type; for the hundreds of numbers and
 * plain words of each batch this takes a fraction of the time.
 */

/** An array of one value an item, for a parameter; null where no item has one: `unnest` fills up what is missing. */
export function textArray<T>(items: readonly T[], read: (item: T) => number | string | undefined): string | null {
  let text = ''
  let isEmpty = true
  for (const item of items) {
    const value = read(item)
    if (value === undefined) {
      text += ',NULL'
      continue
    }
    isEmpty = false
    text += typeof value === 'number' ? `,${value}` : `,${quoted(value)}`
  }
  return isEmpty ? null : `{${text.slice(1)}}`
}

/** The numbers of an array without nesting; none where there is no array. */
export function numbersIn(text: string | null): (number | null)[] {
  if (text === null) return []
  const list = text.includes('N') ? text.replaceAll('NULL', 'null') : text
  return JSON.parse(`[${list.slice(1, -1)}]`)
}

/** The words of an array without nesting; none of them needs quotes, and none is null. */
export function wordsIn(text: string | null): string[] {
  return text === null ? [] : text.slice(1, -1).split(',')
}

function quoted(word: string): string {
  return /["\\]/.test(word) ? `"${word.replace(/["\\]/g, '\\$&')}"` : `"${word}"`
}
