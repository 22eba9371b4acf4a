import type { CallOutcome } from './hub-call.ts'
import { type Hub, showHub } from './hub-url.ts'

/** What went wrong at one hub, for the person who can put it right. Never holds a token. */
export function describeFailure(hub: Hub, outcome: CallOutcome, serverId: number): string {
  const where = showHub(hub)
  switch (outcome.kind) {
    case 'accepted':
      return `${where} took it`
    case 'unreachable':
      return describeUnreachable(hub, outcome)
    case 'server-error':
      return `${where} has trouble of its own (status ${outcome.status})`
    case 'rate-limited':
      return `${where} asks for fewer requests`
    case 'unauthorised':
      return hub.token === undefined
        ? `${where} asks for a token: set STACKSENSE_TOKEN`
        : `${where} does not accept the token: check STACKSENSE_TOKEN`
    case 'forbidden':
      return `${where} does not let this token report for server ${serverId}: check STACKSENSE_SERVER_ID and STACKSENSE_TOKEN`
    case 'unknown-server':
      return `${where} knows no server ${serverId}: check STACKSENSE_SERVER_ID`
    case 'rejected':
      if (outcome.code === 'GRAPHQL_VALIDATION_FAILED')
        return `${where} is of another version and does not know such a call`
      return `${where} does not take it: ${outcome.message} (${outcome.code})`
    case 'redirected':
      return `${where} redirects to ${outcome.to}, which is not followed lest the token go astray: set STACKSENSE_API_URL to the final address`
    case 'not-a-hub':
      return `${where} answers with status ${outcome.status}, but not as a hub does: check STACKSENSE_API_URL`
  }
}

function describeUnreachable(hub: Hub, { reason, detail }: Extract<CallOutcome, { kind: 'unreachable' }>): string {
  const where = showHub(hub)
  switch (reason) {
    case 'dns':
      return `the name ${hub.host} cannot be found (${detail})`
    case 'refused':
      return `${where} refuses the connection: is a hub running there? (${detail})`
    case 'unreachable':
      return `there is no way to ${where} (${detail})`
    case 'timeout':
      return `${where} does not answer in time (${detail})`
    case 'reset':
      return `${where} cut the connection (${detail})`
    case 'tls':
      return `no secure connection to ${where} (${detail})`
    case 'protocol':
      return `${where} does not speak HTTP (${detail})`
    case 'other':
      return `${where} cannot be reached (${detail})`
  }
}

/** A length of time as a person says it: "45 s", "4 min 12 s", "3 h 5 min", "2 d 4 h". */
export function describeDuration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3_600)} h`
}
