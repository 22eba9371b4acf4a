import { elapsed } from './durations.ts'
import { figure } from './numbers.ts'
import type { StatusKind } from './status.ts'
import type { Moment } from './words.ts'

/** How many servers are in which state. `needYou` are the problems that nobody has acknowledged. */
export interface FleetTally extends Readonly<Record<StatusKind, number>> {
  readonly total: number
  readonly needYou: number
  readonly newOffline: number
  readonly newWarning: number
}

export function fleetSentence(tally: FleetTally, live = true): string {
  const { needYou, total } = tally
  if (total === 0) return 'No servers yet'
  if (needYou === 0) return live ? 'No server needs you' : 'No server needed you'
  const verb = live ? (needYou === 1 ? 'needs you' : 'need you') : 'needed you'
  if (total === 1) return `1 server ${verb}`
  return `${figure(needYou)} of ${figure(total)} servers ${verb}`
}

/** The sentences below the fleet sentence: what the problems are, and when anything last changed. */
export function fleetSummary(tally: FleetTally, lastChangeAt: number | null, moment: Moment): string {
  const sentences = tally.needYou > 0 ? [problemsInWords(tally)] : [healthInWords(tally)]
  const acknowledged = tally.offline + tally.warning - tally.needYou
  if (acknowledged > 0) sentences.push(acknowledgedInWords(acknowledged, tally.needYou > 0))
  if (lastChangeAt !== null) sentences.push(`Last change ${elapsed(moment.now - lastChangeAt)} ago.`)
  return sentences.filter(Boolean).join(' ')
}

/** 8 of 1,024 need you: 3 offline, 5 warning. 1 problem is acknowledged. Beside a page's title. */
export function fleetBrief(tally: FleetTally): string {
  const { needYou, total, newOffline, newWarning } = tally
  const acknowledged = tally.offline + tally.warning - needYou
  const parts = [newOffline > 0 && `${figure(newOffline)} offline`, newWarning > 0 && `${figure(newWarning)} warning`]
  const first =
    needYou === 0
      ? `${fleetSentence(tally)}.`
      : `${figure(needYou)} of ${figure(total)} ${needYou === 1 ? 'needs' : 'need'} you: ${parts.filter(Boolean).join(', ')}.`
  return acknowledged > 0 ? `${first} ${acknowledgedInWords(acknowledged, false)}` : first
}

function problemsInWords({ newOffline, newWarning }: FleetTally): string {
  const parts = []
  if (newOffline > 0) parts.push(`${figure(newOffline)} ${newOffline === 1 ? 'is' : 'are'} offline`)
  if (newWarning > 0) parts.push(`${figure(newWarning)} ${newWarning === 1 ? 'has a' : 'have a'} new warning`)
  return `${parts.join(', ')}.`
}

function acknowledgedInWords(n: number, more: boolean): string {
  return `${figure(n)} ${more ? 'more ' : ''}${n === 1 ? 'problem is' : 'problems are'} acknowledged.`
}

function healthInWords({ total, waiting, suspended, offline, warning, online }: FleetTally): string {
  const beating = online + offline + warning
  const parts = []
  if (waiting > 0)
    parts.push(`${figure(waiting)} ${waiting === 1 ? 'waits for its' : 'wait for their'} first heartbeat`)
  if (suspended > 0) parts.push(`${figure(suspended)} ${suspended === 1 ? 'is' : 'are'} suspended`)
  const rest = parts.length > 0 ? `${parts.join(', ')}.` : ''
  const healthy =
    offline + warning > 0 || beating === 0
      ? ''
      : beating === 1
        ? 'It beats as it should.'
        : `All ${figure(beating)} that should beat do.`
  return beating === total ? healthy : [healthy, rest].filter(Boolean).join(' ')
}
