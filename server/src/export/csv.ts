/** What a cell may hold; null is empty. */
export type Cell = string | number | boolean | null

/** A spreadsheet would run a cell that begins like this as a formula, wherever its text came from. */
const FORMULA = /^[=+\-@\t\r]/
const NEEDS_QUOTES = /[",\r\n]/

/** One line of CSV by RFC 4180. Text that a spreadsheet would run is made text by an apostrophe; a number stays one. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell !== 'string') return String(cell)
  const text = FORMULA.test(cell) ? `'${cell}` : cell
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
