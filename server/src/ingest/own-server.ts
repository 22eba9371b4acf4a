import type { Caller } from '../access/caller.ts'
import type { ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { findNames } from '../store/server-row.ts'
import type { Store } from '../store/store.ts'

export interface OwnServer {
  readonly server_id: ServerId
  readonly server_name: string
}

/** Which server an agent token is for, so that the token alone is enough to install an agent. @throws Refusal UNAUTHENTICATED, FORBIDDEN */
export async function tellOwnServer(caller: Caller, store: Store): Promise<OwnServer> {
  if (caller.kind === 'anonymous') throw new Refusal('UNAUTHENTICATED', 'An agent token is needed.')
  if (caller.kind === 'user') throw new Refusal('FORBIDDEN', 'This is not an agent token.')
  const { serverId } = caller
  const name = (await findNames(store, [serverId])).get(serverId)
  if (name === undefined) throw new Refusal('UNAUTHENTICATED', 'This token is not known, has expired or was revoked.')
  return { server_id: serverId, server_name: name }
}
