import { useWindowVirtualizer } from '@tanstack/vue-virtual'
import { type ComputedRef, computed, onMounted, onScopeDispose, type Ref, ref, watch } from 'vue'

/** From so many rows on only those in view are drawn. */
const VIRTUAL_FROM = 200
const OVERSCAN = 12

export interface VirtualWindow<T> {
  readonly shown: ComputedRef<readonly { readonly row: T; readonly index: number }[]>
  /** The heights of what is not drawn before and after. */
  readonly before: ComputedRef<number>
  readonly after: ComputedRef<number>
  /** Brings a row into the window, so that it is drawn. */
  reveal(index: number): void
}

/** Which of many rows of one height to draw, in a list that scrolls with the page and begins where `root` does. */
export function useVirtualWindow<T>(
  root: Readonly<Ref<HTMLElement | null>>,
  rows: () => readonly T[],
  height: () => number,
): VirtualWindow<T> {
  const top = ref(0)
  const virtual = computed(() => rows().length >= VIRTUAL_FROM)
  const virtualizer = useWindowVirtualizer(
    computed(() => ({
      count: virtual.value ? rows().length : 0,
      estimateSize: () => height(),
      overscan: OVERSCAN,
      scrollMargin: top.value,
    })),
  )
  watch(height, () => virtualizer.value.measure())

  function measure() {
    const offset = root.value ? root.value.getBoundingClientRect().top + scrollY : 0
    if (Math.abs(offset - top.value) > 1) top.value = offset
  }
  // What stands above the rows may grow or shrink at any time.
  const observer = new ResizeObserver(measure)
  onMounted(() => {
    measure()
    observer.observe(document.body)
  })
  onScopeDispose(() => observer.disconnect())

  const range = computed(() => {
    const items = virtualizer.value.getVirtualItems()
    return { from: items[0]?.index ?? 0, to: (items.at(-1)?.index ?? -1) + 1 }
  })
  const shown = computed(() => {
    const { from, to } = virtual.value ? range.value : { from: 0, to: rows().length }
    return rows()
      .slice(from, to)
      .map((row, i) => ({ row, index: from + i }))
  })
  return {
    shown,
    before: computed(() => (virtual.value ? range.value.from * height() : 0)),
    after: computed(() => (virtual.value ? (rows().length - range.value.to) * height() : 0)),
    reveal: (index) => virtual.value && virtualizer.value.scrollToIndex(index, { align: 'auto' }),
  }
}
