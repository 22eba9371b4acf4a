import { onScopeDispose, type Ref, shallowRef, watch } from 'vue'

/** A quicker answer shows no bones; */
const AFTER_MS = 200
/** bones that have appeared stay so long, so that nothing flickers. */
const LEAST_MS = 300

/** Whether bones stand where something is still to come. What has come waits for as long as they do. */
export function useBones(loading: () => boolean): Readonly<Ref<boolean>> {
  const shown = shallowRef(false)
  let since = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const later = (ms: number, show: boolean) => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      shown.value = show
      since = performance.now()
    }, ms)
  }

  watch(
    loading,
    (now) => {
      if (now === shown.value) clearTimeout(timer)
      else if (now) later(AFTER_MS, true)
      else later(Math.max(0, since + LEAST_MS - performance.now()), false)
    },
    { immediate: true, flush: 'sync' },
  )
  onScopeDispose(() => clearTimeout(timer))
  return shown
}
