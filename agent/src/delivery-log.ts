import type { CallOutcome } from './hub-call.ts'
import { type Hub, showHub } from './hub-url.ts'
import { describeDuration, describeFailure } from './sentences.ts'

/** One hub's way of not taking a heartbeat. */
export interface Failure {
  readonly hub: Hub
  readonly outcome: CallOutcome
}

type State =
  | { readonly kind: 'starting' }
  | { readonly kind: 'delivering'; readonly hub: Hub }
  | { readonly kind: 'failing'; readonly said: string }

/** How many failures in a row are news to an agent that was delivering: a single lost request is weather. */
const NEWSWORTHY = 2

/** A refusal will not pass by itself: somebody has to do something. The rest is trouble on the way. */
export function isRefusal(outcome: CallOutcome): boolean {
  return !['accepted', 'unreachable', 'server-error', 'rate-limited'].includes(outcome.kind)
}

/** Of several hubs' failures the one that a person should hear of: a refusal before a trouble, else the first. */
export function mostTelling(failures: readonly Failure[]): Failure | undefined {
  return failures.find((failure) => isRefusal(failure.outcome)) ?? failures[0]
}

/**
 * Tells the log how delivery goes: one line a change, nothing in between, so that the last line is how things stand.
 *
 * Instants are monotonic milliseconds.
 */
export class DeliveryLog {
  readonly #log: (line: string) => void
  #state: State = { kind: 'starting' }
  #lastDeliveredMs: number
  /** The failure of the last attempts, and how many in a row were the same, or any. */
  #seen = { key: '', same: 0, any: 0 }

  constructor(log: (line: string) => void, startedAtMs: number) {
    this.#log = log
    this.#lastDeliveredMs = startedAtMs
  }

  /** @param failures those of the hubs that were tried before, for this same heartbeat. */
  delivered(hub: Hub, failures: readonly Failure[], serverId: number, nowMs: number): void {
    const { kind } = this.#state
    if (kind === 'starting') this.#log(`Heartbeats of server ${serverId} are delivered to ${showHub(hub)}.`)
    if (kind === 'failing') {
      const silence = describeDuration(nowMs - this.#lastDeliveredMs)
      this.#log(`Heartbeats are delivered again, to ${showHub(hub)}. None was for ${silence}.`)
    }
    if (kind === 'delivering' && this.#state.hub !== hub) {
      const why = mostTelling(failures)
      const reason = why === undefined ? '' : `: ${describeFailure(why.hub, why.outcome, serverId)}`
      this.#log(`Heartbeats go to ${showHub(hub)} now${reason}.`)
    }
    this.#state = { kind: 'delivering', hub }
    this.#lastDeliveredMs = nowMs
    this.#seen = { key: '', same: 0, any: 0 }
  }

  failed(failures: readonly Failure[], serverId: number): void {
    const failure = mostTelling(failures)
    if (failure === undefined) return

    const key = keyOf(failure.outcome)
    this.#seen = { key, same: key === this.#seen.key ? this.#seen.same + 1 : 1, any: this.#seen.any + 1 }
    if (!this.#isNews(failure.outcome, key)) return

    const then = isRefusal(failure.outcome) ? 'Trying again now and then.' : 'Trying on.'
    this.#log(`No heartbeat is delivered: ${describeFailure(failure.hub, failure.outcome, serverId)}. ${then}`)
    this.#state = { kind: 'failing', said: key }
  }

  #isNews(outcome: CallOutcome, key: string): boolean {
    const atOnce = isRefusal(outcome) || this.#state.kind === 'starting'
    if (this.#state.kind !== 'failing') return atOnce || this.#seen.any >= NEWSWORTHY
    return key !== this.#state.said && (atOnce || this.#seen.same >= NEWSWORTHY)
  }
}

/** What makes two failures the same news. */
function keyOf(outcome: CallOutcome): string {
  if (outcome.kind === 'unreachable') return `unreachable ${outcome.reason}`
  return outcome.kind === 'rejected' ? `rejected ${outcome.code}` : outcome.kind
}
