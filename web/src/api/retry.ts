import { CombinedGraphQLErrors } from '@apollo/client'
import { onScopeDispose } from 'vue'

const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000]
/** Refusals that are over by themselves. */
const PASSING = ['UNAVAILABLE', 'RATE_LIMITED', 'DEFECT']

/** Reads again what could not be read, a little later each time, where it may succeed by then. Ends with the component. */
export function useRetry(read: () => void) {
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let disposed = false
  const succeeded = () => {
    clearTimeout(timer)
    failures = 0
  }
  function failed(error: unknown) {
    clearTimeout(timer)
    // A read that was under way when the component ended fails after it.
    if (disposed || !isPassing(error)) return
    timer = setTimeout(read, WAITS_MS[Math.min(failures++, WAITS_MS.length - 1)])
  }
  onScopeDispose(() => {
    disposed = true
    clearTimeout(timer)
  })
  return { succeeded, failed }
}

/** True also of a hub that was not reached at all. */
function isPassing(error: unknown): boolean {
  if (!CombinedGraphQLErrors.is(error)) return true
  return PASSING.includes(String(error.errors[0]?.extensions?.code))
}
