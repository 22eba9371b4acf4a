/** Whether nothing has the focus: what had it was taken away or hidden. */
export function focusFell(): boolean {
  const { activeElement, body } = document
  return activeElement === null || activeElement === body
}
