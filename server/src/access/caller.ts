import type { ServerId } from '../core/types.ts'
import type { Scope } from '../store/api-tokens.ts'

/** Who is calling. Anonymous means that no credential was given; a wrong one is refused and never becomes anonymous. */
export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'agent'; readonly serverId: ServerId }
  | { readonly kind: 'user'; readonly name: string; readonly scope: Scope; readonly via: 'token' | 'session' }

export const ANONYMOUS: Caller = { kind: 'anonymous' }

/** The same for callers who may see the same: what is shown to one of them may be shown to all. */
export function permissionsOf(caller: Caller): string {
  if (caller.kind === 'user') return `user ${caller.scope}`
  return caller.kind === 'agent' ? `agent ${caller.serverId}` : caller.kind
}

/** The same for calls of the same caller, as far as its credential tells. */
export function identityOf(caller: Caller): string {
  if (caller.kind === 'user') return `${caller.via} ${caller.name}`
  return permissionsOf(caller)
}
