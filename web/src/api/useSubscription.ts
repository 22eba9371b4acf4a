import type { OperationVariables, TypedDocumentNode } from '@apollo/client'
import { onScopeDispose, watch } from 'vue'
import { useHub } from './hub.ts'

/** Listens as long as the page is shown, anew on each new connection; what comes is written to the cache as well. */
export function useSubscription<D, V extends OperationVariables>(
  query: TypedDocumentNode<D, V>,
  variables: () => V,
  heard: (data: D) => void = () => {},
): void {
  const { apollo, connection } = useHub()
  let stop = () => {}

  watch(
    [connection.epoch, () => JSON.stringify(variables())],
    () => {
      stop()
      if (!connection.line) return
      const subscription = apollo.subscribe({ query, variables: variables() } as never).subscribe({
        next: ({ data }) => data && heard(data as D),
        // A lost line begins again with the next one; a refused subscription leaves what was read.
        error: () => {},
      })
      stop = () => subscription.unsubscribe()
    },
    { immediate: true },
  )
  onScopeDispose(() => stop())
}
