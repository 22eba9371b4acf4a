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

/** Bytes a second in MB/s. */
export function megabytes(bytes: number): string {
  return TENTHS.format(bytes / 1e6)
}
