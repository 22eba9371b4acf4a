import { nextTick, type Ref } from 'vue'
import { focusFell } from '../ui/focus-fell.ts'
import { onKey } from '../ui/on-key.ts'

export interface RowWalk {
  /** The server whose row has the focus. */
  focused(): string | undefined
}

/**
 * J and K walk a list by moving the focus itself, to the link of the next row: Enter opens it, a screen reader reads it,
 * and there is one cursor. Rows are marked by `data-row`; in a virtual list `reveal` draws the one to go to. Where rows stand
 * in several lists below each other, `listOf` tells which one a row is in.
 */
export function useRowWalk(
  root: Readonly<Ref<HTMLElement | null>>,
  ids: () => readonly string[],
  reveal: (id: string) => void = () => {},
  listOf: (id: string) => unknown = () => undefined,
): RowWalk {
  let last: { readonly id: string; readonly at: number; readonly list: unknown } | undefined
  const rowOf = (element: Element | null) => element?.closest<HTMLElement>('[data-row]')?.dataset.row
  const focused = () => {
    const active = document.activeElement
    return root.value?.contains(active) ? rowOf(active) : undefined
  }

  async function walk(by: 1 | -1) {
    const all = ids()
    const at = placeFrom(all, by)
    const next = all[at]
    if (next === undefined) return
    last = { id: next, at, list: listOf(next) }
    if (!linkOf(next)) {
      reveal(next)
      await nextTick()
      await new Promise(requestAnimationFrame)
    }
    linkOf(next)?.focus()
  }
  /** A row that was scrolled away lost the focus: the walk goes on from it. One that left its list gave its place to the next. */
  function placeFrom(all: readonly string[], by: 1 | -1): number {
    const here = focused()
    const at = all.indexOf(here ?? last?.id ?? '')
    if (last && focusFell() && (at === -1 || listOf(last.id) !== last.list)) {
      return Math.max(0, Math.min(by === 1 ? last.at : last.at - 1, all.length - 1))
    }
    return at === -1 ? (by === 1 ? 0 : all.length - 1) : at + by
  }
  const linkOf = (id: string) => root.value?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"] a[href]`)

  onKey('j', () => void walk(1), { name: 'Next' })
  onKey('k', () => void walk(-1), { name: 'Previous' })
  return { focused }
}
