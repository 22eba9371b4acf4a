export interface Drawing {
  /** The finger is here, and has come from there; in pixels from the left. */
  readonly moved: (from: number, to: number) => void
  /** It was lifted: what lies between was meant. */
  readonly drawn: (from: number, to: number) => void
  /** The browser took it over, to scroll or to zoom the page: nothing was meant. */
  readonly ended: () => void
}

/**
 * A finger or a pen that draws sideways over an element. Up and down scrolls the page and two fingers zoom it, as
 * everywhere: that is for the element's `touch-action` to say.
 */
export function followFingers(over: HTMLElement, { moved, drawn, ended }: Drawing): void {
  let from: number | undefined
  const x = (event: PointerEvent) => event.clientX - over.getBoundingClientRect().left

  over.addEventListener('pointerdown', (event) => {
    if (event.pointerType !== 'mouse' && event.isPrimary) from = x(event)
  })
  over.addEventListener('pointermove', (event) => {
    if (from !== undefined && event.isPrimary) moved(from, x(event))
  })
  over.addEventListener('pointerup', (event) => {
    if (from === undefined || !event.isPrimary) return
    ended()
    drawn(from, x(event))
    from = undefined
  })
  over.addEventListener('pointercancel', (event) => {
    if (from === undefined || !event.isPrimary) return
    from = undefined
    ended()
  })
}
