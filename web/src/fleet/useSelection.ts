import { type ComputedRef, computed, shallowRef } from 'vue'

/** Servers that are chosen for something to be done with all of them. */
export interface Selection {
  readonly ids: ComputedRef<readonly string[]>
  has(id: string): boolean
  toggle(id: string): void
  /** From the one that was chosen last to this one, in the order of the list. */
  extend(id: string): void
  all(): void
  clear(): void
}

/** `listed`: what can be chosen. What leaves the list, because it is deleted or filtered away, is chosen no more. */
export function useSelection(listed: () => readonly string[]): Selection {
  const chosen = shallowRef<ReadonlySet<string>>(new Set())
  let last: string | undefined
  const ids = computed(() => (chosen.value.size === 0 ? [] : listed().filter((id) => chosen.value.has(id))))

  function toggle(id: string) {
    const next = new Set(chosen.value)
    if (!next.delete(id)) next.add(id)
    last = id
    chosen.value = next
  }

  function extend(id: string) {
    const all = listed()
    const from = last === undefined ? -1 : all.indexOf(last)
    const to = all.indexOf(id)
    if (from === -1 || to === -1) return toggle(id)
    const between = all.slice(Math.min(from, to), Math.max(from, to) + 1)
    last = id
    chosen.value = new Set([...chosen.value, ...between])
  }

  return {
    ids,
    has: (id) => chosen.value.has(id),
    toggle,
    extend,
    all: () => {
      chosen.value = new Set(listed())
    },
    clear: () => {
      chosen.value = new Set()
    },
  }
}
