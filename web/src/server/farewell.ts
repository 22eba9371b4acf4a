import { clockMinute } from '../ui/durations.ts'
import type { Moment } from '../ui/words.ts'

const REASONS = { REBOOT: 'reboot', SHUTDOWN: 'shutdown', STOPPED: 'its agent was stopped' } as const

/** What the agent said when it ended, after the proof: said goodbye: reboot, back by 12:05. Empty where it said nothing. */
export function farewellInWords(
  farewell:
    | { readonly at: string; readonly reason: keyof typeof REASONS; readonly expectedBackAt: string | null }
    | null
    | undefined,
  moment: Moment,
): string {
  if (!farewell) return ''
  const back = farewell.expectedBackAt === null ? '' : `, ${backBy(Date.parse(farewell.expectedBackAt), moment)}`
  return `said goodbye at ${clockMinute(Date.parse(farewell.at), moment.now)}: ${REASONS[farewell.reason]}${back}`
}

function backBy(at: number, moment: Moment): string {
  const time = clockMinute(at, moment.now)
  return moment.now > at ? `was to be back by ${time}` : `back by ${time}`
}
