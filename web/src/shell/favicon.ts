import type { FleetTally } from '../ui/fleet-words.ts'

/** A tab's icon is 16 px: two figures can be read, three cannot. */
const MOST_SHOWN = 99

/**
 * The tab's icon: the sign when nobody is needed, else a square (somebody is OFFLINE) or a triangle (warnings only) with
 * how many need somebody. The square is as solid as the badge; the triangle's number stands below its tip.
 */
export function faviconFor(tally: Pick<FleetTally, 'needYou' | 'newOffline'> | null, old: boolean): string {
  if (old) return '/favicon-lost.svg'
  if (tally === null || tally.needYou === 0) return '/favicon.svg'
  const number = tally.needYou > MOST_SHOWN ? '99' : String(tally.needYou)
  return `data:image/svg+xml,${encodeURIComponent(tally.newOffline > 0 ? square(number) : triangle(number))}`
}

function square(number: string): string {
  return svg('<rect width="32" height="32" rx="6" fill="#c8261a"/>', number, 24, number.length > 1 ? 22 : 26)
}

function triangle(number: string): string {
  return svg('<path d="M16 0 32 31H0z" fill="#b87503"/>', number, 28, number.length > 1 ? 16 : 21)
}

function svg(shape: string, number: string, baseline: number, size: number): string {
  const text = `<text x="16" y="${baseline}" font-family="sans-serif" font-weight="700" font-size="${size}" fill="#fff" text-anchor="middle">${number}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${shape}${text}</svg>`
}
