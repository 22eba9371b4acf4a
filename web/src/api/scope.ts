import { type ComputedRef, computed } from 'vue'
import { useHub } from './hub.ts'

const RANK: Readonly<Record<string, number>> = { read: 1, operate: 2, admin: 3 }

/** Whether who is signed in may do what this scope allows. Only spares people buttons: the hub decides. */
export function useMay(scope: 'operate' | 'admin'): ComputedRef<boolean> {
  const { session } = useHub()
  return computed(() => (RANK[session.value?.scope.toLowerCase() ?? ''] ?? 0) >= (RANK[scope] ?? Infinity))
}
