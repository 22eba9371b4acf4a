import { fullMoment, NBSP } from '../ui/durations.ts'
import { proof as inWords, type Proof } from '../ui/proof-words.ts'
import { kindOf, type ServerStatus, type StatusReason, statusWord } from '../ui/status.ts'
import { forHowLong, type Moment } from '../ui/words.ts'

/** What a status is and why, for a chat or a ticket: with the day and the zone, and where to look. */
export function proofText(
  server: {
    readonly name: string
    readonly status: ServerStatus
    readonly statusReason: StatusReason
    readonly statusSince: string
  },
  proof: Proof,
  moment: Moment,
  url: string,
): string {
  const since = Date.parse(server.statusSince)
  const word = statusWord(kindOf(server.status, server.statusReason))
  const lasting = moment.live ? ` (${forHowLong(since, moment)})` : ''
  const seen = moment.live ? '' : `, as last seen at ${fullMoment(moment.now)}`
  const text = `${server.name} ${word} since ${fullMoment(since)}${lasting}${seen}: ${inWords(proof, moment)}.\n${url}`
  return text.replaceAll(NBSP, ' ')
}
