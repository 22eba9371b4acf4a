import { nextTick, type Ref } from 'vue'
import { onKey } from '../ui/on-key.ts'

export interface RowWalk {
  /** The server whose row has the focus. */
  focused(): string | undefined
}

/**
 * J and K walk a list by moving the focus itself, to the link of the next row: Enter opens it, a screen reader reads it,
 * and there is one cursor. Rows are marked by `data-row`; in a virtual list `reveal` draws the one to go to.
 */
export function useRowWalk(
  root: Readonly<Ref<HTMLElement | null>>,
  ids: () => readonly string[],
  reveal: (id: string) => void = () => {},
): RowWalk {
  let last: string | undefined
  const rowOf = (element: Element | null) => element?.closest<HTMLElement>('[data-row]')?.dataset.row
  const focused = () => {
    const active = document.activeElement
    return root.value?.contains(active) ? rowOf(active) : undefined
  }

  async function walk(by: 1 | -1) {
    const all = ids()
    // A row that was scrolled away lost the focus; the walk goes on where it was.
    const at = all.indexOf(focused() ?? last ?? '')
    const next = all[at === -1 ? (by === 1 ? 0 : all.length - 1) : at + by]
    if (next === undefined) return
    last = next
    if (!linkOf(next)) {
      reveal(next)
      await nextTick()
      await new Promise(requestAnimationFrame)
    }
    linkOf(next)?.focus()
  }
  const linkOf = (id: string) => root.value?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"] a[href]`)

  onKey('j', () => void walk(1), { name: 'Next' })
  onKey('k', () => void walk(-1), { name: 'Previous' })
  return { focused }
}
