import { type FleetTally, fleetSentence } from '../ui/fleet-words.ts'
import { faviconFor } from './favicon.ts'

/** Title and icon of the tab say the same as the page's first sentence; the icon by shape and number. */
export function dress(tally: FleetTally | null, old: boolean): void {
  document.title = tally === null ? 'StackSense' : `${fact(tally, old)} · StackSense`
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
  const href = faviconFor(tally, old)
  if (icon && icon.getAttribute('href') !== href) icon.setAttribute('href', href)
}

function fact(tally: FleetTally, old: boolean): string {
  if (old) return 'Connection lost'
  return tally.needYou === 0 ? fleetSentence(tally) : `${tally.needYou} ${tally.needYou === 1 ? 'needs' : 'need'} you`
}
