import { onScopeDispose, type Ref, shallowRef, watch } from 'vue'
import { useHub } from '../api/hub.ts'
import { useRetry } from '../api/retry.ts'

export interface Part<T> {
  /** Newest first. */
  readonly items: readonly T[]
  /** Where the older ones begin; null where there are none. */
  readonly older: string | null
}

export interface Pages<T> {
  readonly items: Ref<readonly T[] | undefined>
  readonly failed: Readonly<Ref<boolean>>
  readonly more: Readonly<Ref<boolean>>
  loadOlder(): void
  /** Reads again as many as are shown; what comes close together is read once. */
  reread(): void
}

const PART = 100
/** The longest list that the API answers at once. */
const MOST = 1_000
const REREAD_MS = 1_000

/** A list that is read part by part, begun anew when what is asked for changes, and read again on each new connection, or where it failed. */
export function usePages<T>(
  asked: () => string,
  read: (size: number, older: string | undefined) => Promise<Part<T>>,
): Pages<T> {
  const { connection } = useHub()
  const items = shallowRef<readonly T[]>()
  const failed = shallowRef(false)
  const more = shallowRef(false)
  let older: string | null = null
  let question = 0
  let waiting: ReturnType<typeof setTimeout> | undefined

  async function load(size: number, from: string | undefined, into: (part: Part<T>) => readonly T[]) {
    const mine = ++question
    const part = await read(size, from).catch((error: unknown) => ({ error }))
    if (mine !== question) return
    failed.value = 'error' in part
    if ('error' in part) return retry.failed(part.error)
    retry.succeeded()
    items.value = into(part)
    older = part.older
    more.value = older !== null
  }

  const again = () => load(Math.min(MOST, Math.max(PART, items.value?.length ?? 0)), undefined, (part) => part.items)
  const begin = () => {
    items.value = undefined
    void load(PART, undefined, (part) => part.items)
  }
  let loading = false
  async function loadOlder() {
    if (loading || older === null) return
    loading = true
    await load(PART, older, (part) => [...(items.value ?? []), ...part.items])
    loading = false
  }
  const retry = useRetry(() => void again())
  function reread() {
    waiting ??= setTimeout(() => {
      waiting = undefined
      void again()
    }, REREAD_MS)
  }

  watch(asked, begin, { immediate: true })
  watch(connection.epoch, () => void again())
  onScopeDispose(() => clearTimeout(waiting))
  return { items, failed, more, loadOlder: () => void loadOlder(), reread }
}
