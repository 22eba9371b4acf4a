import DataLoader from 'dataloader'
import type { ServerId } from '../core/types.ts'
import type { Store } from '../store/store.ts'
import type { GraphQLContext } from './context.ts'

type Find<T> = (store: Store, ids: readonly ServerId[]) => Promise<ReadonlyMap<ServerId, T>>

/**
 * One loader a request and set of arguments: however many servers of a list ask the same, it costs the statements of one.
 * Nothing is remembered for later turns.
 */
export class RangeLoaders<T> {
  readonly #loaders = new WeakMap<GraphQLContext, Map<string, DataLoader<ServerId, T>>>()

  /** @param key tells the arguments apart. */
  for(context: GraphQLContext, key: string, find: Find<T>): DataLoader<ServerId, T> {
    const byKey = this.#loaders.get(context) ?? new Map<string, DataLoader<ServerId, T>>()
    this.#loaders.set(context, byKey)
    const loader = byKey.get(key) ?? newLoader(context.services.store, find)
    byKey.set(key, loader)
    return loader
  }
}

function newLoader<T>(store: Store, find: Find<T>): DataLoader<ServerId, T> {
  return new DataLoader(
    async (ids) => {
      const found = await find(store, [...new Set(ids)])
      return ids.map((id) => found.get(id) as T)
    },
    { cache: false },
  )
}
