/** What a stretch of time shows: the worst of it. */
export type StripStatus = 'OFFLINE' | 'WARNING' | 'ONLINE' | 'UNOBSERVED' | 'SUSPENDED' | 'NEVER_SEEN' | 'NONE'

/** Height of a strip's bars, in units of its view box: a stretch is 3 wide, 18 high. */
const HEIGHTS: Readonly<Record<StripStatus, number>> = {
  ONLINE: 6,
  WARNING: 11,
  OFFLINE: 18,
  UNOBSERVED: 18,
  NEVER_SEEN: 3,
  SUSPENDED: 3,
  NONE: 0,
}
const FULL = 18

/** The bars of one status, as a path. What we could not observe is one hatched stretch without gaps. */
export function stripPath(cells: readonly StripStatus[], status: StripStatus): string {
  const height = HEIGHTS[status]
  const width = status === 'UNOBSERVED' ? 3 : 2
  return cells
    .map((cell, i) => (cell === status ? `M${i * 3} ${FULL - height}h${width}v${height}h-${width}z` : ''))
    .join('')
}

const WORDS: Readonly<Record<StripStatus, string>> = {
  ONLINE: 'online',
  WARNING: 'warning',
  OFFLINE: 'offline',
  UNOBSERVED: 'not observed',
  SUSPENDED: 'suspended',
  NEVER_SEEN: 'never seen',
  NONE: 'not there',
}

/** What is worth saying of a strip, in this order. */
const NAMED = ['OFFLINE', 'WARNING', 'UNOBSERVED', 'SUSPENDED', 'NEVER_SEEN'] as const

/** How a strip reads: online throughout; offline 5 of 60, warning 55 of 60, now offline. */
export function stripInWords(cells: readonly StripStatus[]): string {
  const counts = new Map<StripStatus, number>()
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1)
  const now = cells.at(-1)
  if (now === undefined) return 'nothing'
  if (counts.size === 1) return `${WORDS[now]} throughout`
  const parts = NAMED.filter((status) => counts.has(status)).map(
    (status) => `${WORDS[status]} ${counts.get(status)} of ${cells.length}`,
  )
  return [...parts, `${WORDS[now]} now`].join(', ')
}
