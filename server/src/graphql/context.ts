import type { Caller } from '../access/caller.ts'
import type { AccessRules } from '../access/permissions.ts'
import type { BatchWriter } from '../ingest/batch-writer.ts'
import type { RhythmRecorder } from '../ingest/rhythm-recorder.ts'
import type { SampleWriter } from '../metrics/sample-writer.ts'
import type { ChangeFeed } from '../publish/change-feed.ts'
import type { StatusFeed } from '../publish/status-feed.ts'
import type { Retention } from '../store/retention.ts'
import type { Store } from '../store/store.ts'
import { createLoaders, type Loaders } from './loaders.ts'

/** What resolvers work with: made once, handed to every request. */
export interface Services {
  readonly store: Store
  readonly writer: BatchWriter
  readonly samples: SampleWriter
  readonly rhythm: RhythmRecorder
  readonly retention: Retention
  readonly statusFeed: StatusFeed
  readonly changeFeed: ChangeFeed
  readonly access: AccessRules
  readonly log: (error: unknown) => void
}

/** One request, or one operation of a socket. */
export interface GraphQLContext {
  readonly caller: Caller
  readonly services: Services
  readonly loaders: Loaders
  /** `performance.now()` when the request arrived: heartbeats count from there, however long we took. */
  readonly arrivedAtMs: number
}

export function createContext(services: Services, caller: Caller, arrivedAtMs: number): GraphQLContext {
  return { caller, services, loaders: createLoaders(services.store, services.rhythm), arrivedAtMs }
}

/** Who acted, in words, for what is kept of it. */
export function actorOf(caller: Caller): string {
  if (caller.kind === 'user') return caller.name
  return caller.kind === 'agent' ? `agent of server ${caller.serverId}` : 'anonymous'
}
