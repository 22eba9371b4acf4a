import type { ErrorLike, OperationVariables, TypedDocumentNode } from '@apollo/client'
import { computed, onScopeDispose, type ShallowRef, shallowRef, watch } from 'vue'
import { useHub } from './hub.ts'
import { useRetry } from './retry.ts'

export interface QueryResult<D> {
  readonly data: Readonly<ShallowRef<D | undefined>>
  readonly error: Readonly<ShallowRef<ErrorLike | undefined>>
  readonly loading: Readonly<ShallowRef<boolean>>
  refetch(): void
}

/** A watched query: follows the cache, its variables, and is read again on each new connection, or where it failed. */
export function useQuery<D, V extends OperationVariables>(
  query: TypedDocumentNode<D, V>,
  variables: () => V,
): QueryResult<D> {
  const { apollo, connection } = useHub()
  const data = shallowRef<D>()
  const error = shallowRef<ErrorLike>()
  const loading = shallowRef(true)

  const given = computed(() => JSON.stringify(variables()))
  const retry = useRetry(() => refetch())
  const watched = apollo.watchQuery({ query, variables: variables() } as never)
  const subscription = watched.subscribe((result) => {
    if (result.dataState === 'complete') data.value = result.data as D
    error.value = result.error
    if (result.error) retry.failed(result.error)
    else if (!result.loading) retry.succeeded()
    loading.value = result.loading
  })
  const refetch = () => void watched.refetch(variables() as never).catch(() => {})
  watch(given, refetch)
  watch(connection.epoch, refetch)
  onScopeDispose(() => subscription.unsubscribe())
  return { data, error, loading, refetch }
}
