import type { ConnectionState } from './connection.ts'
import type { FleetState } from './fleet-sync.ts'

/** How much the page may be trusted now: the worse of what the line and the fleet on it say. */
export type Liveness =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** Lost a moment ago: not worth a banner yet. */
  | { readonly kind: 'reconnecting' }
  /** Connected again; what changed meanwhile is being read. `old` when what is shown has been called old already. */
  | { readonly kind: 'catching-up'; readonly old: boolean }
  | { readonly kind: 'lost'; readonly nextTryAt: number | null }
  | {
      readonly kind: 'failed'
      readonly code: string | undefined
      readonly nextTryAt: number
      readonly hadData: boolean
    }

export function livenessOf(previous: Liveness, line: ConnectionState, fleet: FleetState): Liveness {
  if (line.kind === 'stale') return { kind: 'lost', nextTryAt: line.nextTryAt }
  if (line.kind === 'reconnecting')
    return isOld(previous) ? { kind: 'lost', nextTryAt: line.nextTryAt } : { kind: 'reconnecting' }
  if (line.kind === 'connecting') return { kind: 'connecting' }
  if (fleet.kind === 'live') return { kind: 'live' }
  if (fleet.kind === 'failed') {
    const { code, nextTryAt, hadData } = fleet
    return { kind: 'failed', code, nextTryAt, hadData }
  }
  return fleet.kind === 'stale' ? { kind: 'catching-up', old: isOld(previous) } : { kind: 'connecting' }
}

/** Whether what is shown must look old. Where the fleet was never read, nothing of it is shown. */
export function isOld(liveness: Liveness): boolean {
  if (liveness.kind === 'catching-up') return liveness.old
  return liveness.kind === 'lost' || (liveness.kind === 'failed' && liveness.hadData)
}
