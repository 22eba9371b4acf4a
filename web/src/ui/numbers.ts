const GROUPED = numberFormat()
const TENTHS = numberFormat({ minimumFractionDigits: 1, maximumFractionDigits: 1 })

/** By the viewer's locale. Some systems call theirs by a name that is none, such as `en-US@posix`. */
function numberFormat(options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  try {
    return new Intl.NumberFormat(undefined, options)
  } catch {
    return new Intl.NumberFormat('en-GB', options)
  }
}

/** A whole number, with the viewer's separators: 10,000. */
export function figure(n: number): string {
  return GROUPED.format(n)
}

/** 18.2 */
export function tenths(n: number): string {
  return TENTHS.format(n)
}

const UNITS = ['B', 'kB', 'MB', 'GB'] as const

/** 38 MB: three figures at most, in thousands. */
export function bytes(count: number): string {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, count)) / 3)))
  const figure = count / 1_000 ** step
  return `${figure >= 100 || step === 0 ? Math.round(figure) : Number(figure.toFixed(1))}\u00a0${UNITS[step]}`
}

/** Bytes a second in MB/s. */
export function megabytes(bytes: number): string {
  return TENTHS.format(bytes / 1e6)
}
