import { useWindowVirtualizer } from '@tanstack/vue-virtual'
import { type ComputedRef, computed, onMounted, onScopeDispose, type Ref, ref, watch } from 'vue'

/** From so many rows on only those in view are drawn. */
const VIRTUAL_FROM = 200
const OVERSCAN = 12

/** One for all rows, or one for each. */
export type RowHeight<T> = number | ((row: T) => number)

export interface VirtualWindow<T> {
  readonly shown: ComputedRef<readonly { readonly row: T; readonly index: number }[]>
  /** The heights of what is not drawn before and after. */
  readonly before: ComputedRef<number>
  readonly after: ComputedRef<number>
  /** Brings a row into the window, so that it is drawn. */
  reveal(index: number): void
}

/** Which of many rows of known heights to draw, in a list that scrolls with the page and begins where `root` does. */
export function useVirtualWindow<T>(
  root: Readonly<Ref<HTMLElement | null>>,
  rows: () => readonly T[],
  height: () => RowHeight<T>,
): VirtualWindow<T> {
  const top = ref(0)
  const virtual = computed(() => rows().length >= VIRTUAL_FROM)
  const count = computed(() => (virtual.value ? rows().length : 0))
  const virtualizer = useWindowVirtualizer(
    computed(() => ({
      count: count.value,
      estimateSize: (index) => heightOf(height(), rows()[index]),
      overscan: OVERSCAN,
      scrollMargin: top.value,
    })),
  )
  /** All heights, as something to compare. */
  const heights = computed(() => {
    const one = height()
    return typeof one === 'number' ? one : rows().map(one).join()
  })
  watch(heights, () => virtualizer.value.measure())

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
    if (!virtual.value) return { from: 0, to: rows().length, before: 0, after: 0 }
    const items = virtualizer.value.getVirtualItems()
    const [first, last] = [items[0], items.at(-1)]
    if (!first || !last) return { from: 0, to: 0, before: 0, after: virtualizer.value.getTotalSize() }
    return {
      from: first.index,
      to: last.index + 1,
      before: first.start - top.value,
      after: virtualizer.value.getTotalSize() - (last.end - top.value),
    }
  })
  const shown = computed(() => {
    const { from, to } = range.value
    return rows()
      .slice(from, to)
      .map((row, i) => ({ row, index: from + i }))
  })
  return {
    shown,
    before: computed(() => range.value.before),
    after: computed(() => range.value.after),
    reveal: (index) => virtual.value && virtualizer.value.scrollToIndex(index, { align: 'auto' }),
  }
}

function heightOf<T>(height: RowHeight<T>, row: T | undefined): number {
  if (typeof height === 'number') return height
  return row === undefined ? 0 : height(row)
}
