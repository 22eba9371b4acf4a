import type { ServerStatusNowFragment, UpdateServerInput } from '../api/generated/graphql.ts'
import type { ServerDetails } from './useServer.ts'

/** What the hub will most likely answer: shown until it has. */
export function expectedSuspended(server: ServerStatusNowFragment, now: number): ServerStatusNowFragment {
  const at = new Date(now).toISOString()
  return {
    ...server,
    status: 'OFFLINE',
    statusReason: 'SUSPENDED',
    statusSince: server.status === 'OFFLINE' ? server.statusSince : at,
    suspended: true,
    statusAcknowledgement: null,
    statusExplanation: {
      ...server.statusExplanation,
      rule: 'SUSPENDED',
      evaluatedAt: at,
      nextTransitionAt: null,
      wouldBecome: null,
    },
  }
}

/** The settings that were changed, and the others as they are. */
export function expectedSettings(server: ServerDetails, input: UpdateServerInput): ServerDetails {
  const { alertLimits, ...changed } = input
  const given = Object.fromEntries(Object.entries(changed).filter(([, value]) => value != null))
  return { ...server, ...given, alertLimits: { ...server.alertLimits, ...alertLimits } } as ServerDetails
}
