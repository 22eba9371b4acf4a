import { useWindowVirtualizer } from '@tanstack/vue-virtual'
import { type ComputedRef, computed, onMounted, onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue'
import { covering, frameLater, type Range } from './drawn-range.ts'

/** From so many rows on only those in view are drawn. */
const VIRTUAL_FROM = 200

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
  const top = useTop(root)
  const count = computed(() => rows().length)
  const virtual = computed(() => count.value >= VIRTUAL_FROM)
  const virtualCount = computed(() => (virtual.value ? count.value : 0))
  /** Where each row begins, or the rows that there are end. */
  const startOf = computed<(index: number) => number>(() => {
    const one = height()
    if (typeof one === 'number') return (index) => index * one
    const starts = [0]
    for (const row of rows()) starts.push((starts.at(-1) ?? 0) + one(row))
    return (index) => starts[Math.min(index, starts.length - 1)] ?? 0
  })
  const virtualizer = useWindowVirtualizer(
    computed(() => ({
      count: virtualCount.value,
      estimateSize: (index) => startOf.value(index + 1) - startOf.value(index),
      overscan: 0,
      scrollMargin: top.value,
    })),
  )
  watch(
    () => (typeof height() === 'number' ? height() : startOf.value),
    () => virtualizer.value.measure(),
  )

  const inView = computed<Range>(() => {
    const items = virtualizer.value.getVirtualItems()
    return { from: items[0]?.index ?? 0, to: (items.at(-1)?.index ?? -1) + 1 }
  })
  const drawn = useDrawn(inView, virtualCount)
  const range = computed<Range>(() => {
    const { from, to } = virtual.value ? drawn.value : { from: 0, to: count.value }
    return { from: Math.min(from, count.value), to: Math.min(to, count.value) }
  })
  return {
    shown: computed(() => {
      const { from, to } = range.value
      return rows()
        .slice(from, to)
        .map((row, i) => ({ row, index: from + i }))
    }),
    before: computed(() => startOf.value(range.value.from)),
    after: computed(() => startOf.value(count.value) - startOf.value(range.value.to)),
    reveal: (index) => virtual.value && virtualizer.value.scrollToIndex(index, { align: 'auto' }),
  }
}

/** How far down the page the list begins. What stands above it may grow or shrink at any time. */
function useTop(root: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<number>> {
  const top = ref(0)
  function measure() {
    const offset = root.value ? root.value.getBoundingClientRect().top + scrollY : 0
    if (Math.abs(offset - top.value) > 1) top.value = offset
  }
  const observer = new ResizeObserver(measure)
  onMounted(() => {
    measure()
    observer.observe(document.body)
  })
  onScopeDispose(() => observer.disconnect())
  return top
}

/**
 * What is drawn follows what is in view: at once, and what lies ahead of it frame by frame, from the one after the frame
 * in which the page moved.
 */
function useDrawn(inView: Readonly<Ref<Range>>, count: Readonly<Ref<number>>): Readonly<Ref<Range>> {
  const drawn = shallowRef<Range>({ from: 0, to: 0 })
  let frame: number | undefined
  const nextFrame = (then: () => void) => {
    frame = requestAnimationFrame(() => {
      frame = undefined
      then()
    })
  }
  function approach() {
    const next = frameLater(inView.value, drawn.value, count.value)
    if (next.from === drawn.value.from && next.to === drawn.value.to) return
    drawn.value = next
    nextFrame(approach)
  }
  watch(
    [inView, count],
    ([view]) => {
      drawn.value = covering(view, drawn.value)
      // Callbacks that are asked for now come in the very frame that shows the movement.
      if (frame === undefined) nextFrame(() => nextFrame(approach))
    },
    { immediate: true, flush: 'sync' },
  )
  onScopeDispose(() => frame !== undefined && cancelAnimationFrame(frame))
  return drawn
}
