import { computed, ref, shallowRef, watch } from 'vue'
import type { Outcome } from '../api/useMutation.ts'

/** What is done to an alert or an anomaly: shown as done while the hub is asked, and taken back where it refuses. */
export function useRecordAct<T>(told: () => T, changed: () => void) {
  const expected = shallowRef<T | null>(null)
  const asking = ref(false)
  const refused = ref('')
  watch(told, () => (expected.value = null))

  /** True where the hub did it. */
  async function act(becomes: T, ask: () => Promise<Outcome<unknown>>): Promise<boolean> {
    expected.value = becomes
    asking.value = true
    const outcome = await ask()
    asking.value = false
    refused.value = outcome.refused?.message ?? ''
    if (outcome.refused) expected.value = null
    else changed()
    return !outcome.refused
  }
  return { shown: computed(() => expected.value ?? told()), act, asking, refused }
}
