import type { ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import type { Scope } from '../store/api-tokens.ts'
import type { Caller } from './caller.ts'

/**
 * What an action asks of its caller.
 *
 * - `anyone`: nothing; no credential is looked at.
 * - `known`: any valid credential. For the doors behind which each field is checked for itself.
 * - `own-server`: the agent token of the server concerned, or a user who may operate (a relay).
 * - `read`, `operate`, `admin`: a user of that scope or a higher one. An agent is never a user.
 *
 * Open ingest lets callers without a credential through `known` and `own-server`, and nowhere else.
 */
export type Permission = 'anyone' | 'known' | 'own-server' | 'read' | 'operate' | 'admin'

/** The one table of who may call what: every GraphQL root field and every route. What is not in it cannot be called. */
export const PERMISSIONS: Readonly<Record<string, Permission>> = Object.freeze({
  'Query.fleet': 'read',
  'Query.server': 'read',
  'Query.servers': 'read',
  'Query.metrics': 'read',
  'Query.alerts': 'read',
  'Query.alert': 'read',
  'Query.anomalies': 'read',
  'Query.anomaly': 'read',
  'Query.statusEvents': 'read',
  'Query.statusEvent': 'read',
  'Query.observationGaps': 'read',
  'Query.fleetHistory': 'read',
  'Query.hubs': 'read',
  'Query.viewer': 'read',
  'Query.apiTokens': 'admin',

  'Mutation.recordHeartbeat': 'own-server',
  'Mutation.recordHeartbeats': 'own-server',
  'Mutation.recordMetrics': 'own-server',
  'Mutation.recordMetricSamples': 'own-server',
  'Mutation.recordFarewell': 'own-server',
  'Mutation.raiseAlert': 'operate',
  'Mutation.acknowledgeAlert': 'operate',
  'Mutation.resolveAlert': 'operate',
  'Mutation.raiseAnomaly': 'operate',
  'Mutation.resolveAnomaly': 'operate',
  'Mutation.acknowledgeStatus': 'operate',
  'Mutation.unacknowledgeStatus': 'operate',
  'Mutation.suspendServer': 'operate',
  'Mutation.resumeServer': 'operate',
  'Mutation.createServer': 'admin',
  'Mutation.updateServer': 'admin',
  'Mutation.deleteServer': 'admin',
  'Mutation.rotateAgentToken': 'admin',
  'Mutation.createApiToken': 'admin',
  'Mutation.revokeApiToken': 'admin',

  'Subscription.serverStatusChanged': 'read',
  'Subscription.serverChanged': 'read',
  'Subscription.heartbeatRecorded': 'read',
  'Subscription.alertChanged': 'read',
  'Subscription.anomalyChanged': 'read',
  'Subscription.metricsRecorded': 'read',

  'GET /graphql': 'known',
  'POST /graphql': 'known',
  'WS /graphql': 'known',
  'POST /api/heartbeat/:id': 'own-server',
  'POST /api/metrics/:id': 'own-server',
  'POST /api/farewell/:id': 'own-server',
  'GET /api/agent': 'known',
  'POST /api/session': 'anyone',
  'GET /api/session': 'read',
  'DELETE /api/session': 'anyone',
  'GET /api/export/:file': 'read',
  'GET /metrics': 'read',
  'GET /healthz': 'anyone',
  'GET /install.sh': 'anyone',
  'GET /agent/:file': 'anyone',
  'GET /*': 'anyone',
})

/** A scope includes the ones before it. */
const RANK: Readonly<Record<Scope, number>> = { read: 1, operate: 2, admin: 3 }

/** Judges callers by the table. */
export class AccessRules {
  readonly #openIngest: boolean

  constructor(options: { readonly openIngest: boolean }) {
    this.#openIngest = options.openIngest
  }

  /**
   * Passes, or throws Refusal UNAUTHENTICATED (no credential) or FORBIDDEN (not this caller).
   *
   * @param action a key of `PERMISSIONS`; anything else is a defect, so that a forgotten field stays shut.
   * @param serverId the server concerned; must be given for `own-server`, and before anything is said about whether that server exists.
   */
  require(caller: Caller, action: string, serverId?: ServerId): void {
    const permission = Object.hasOwn(PERMISSIONS, action) ? PERMISSIONS[action] : undefined
    if (permission === undefined) throw new Error(`No permission is set for ${action}`)
    if (permission === 'own-server' && serverId === undefined) throw new Error(`${action} needs the server it is about`)
    if (permission === 'anyone') return

    if (caller.kind === 'anonymous') this.#requireOpen(permission)
    else if (permission === 'known') return
    else if (caller.kind === 'agent') requireOwnServer(caller.serverId, permission, serverId)
    else requireScope(caller.scope, permission === 'own-server' ? 'operate' : permission)
  }

  #requireOpen(permission: Permission): void {
    if (this.#openIngest && (permission === 'own-server' || permission === 'known')) return
    throw new Refusal('UNAUTHENTICATED', 'A credential is needed.')
  }
}

function requireOwnServer(own: ServerId, permission: Permission, serverId: ServerId | undefined): void {
  if (permission !== 'own-server') throw new Refusal('FORBIDDEN', 'An agent token can only report for its server.')
  if (own !== serverId) throw new Refusal('FORBIDDEN', 'This agent token belongs to another server.')
}

function requireScope(scope: Scope, needed: Scope): void {
  if (RANK[scope] < RANK[needed]) throw new Refusal('FORBIDDEN', `This needs the scope "${needed}".`)
}
