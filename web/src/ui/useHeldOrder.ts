import { type Ref, shallowRef, watch } from 'vue'

/**
 * Ids in an order that waits while somebody is on the list: what is under the pointer does not move. New ones go to the
 * end meanwhile, and those that left keep their place until the list is left.
 */
export function useHeldOrder(
  wanted: () => readonly string[],
  held: Readonly<Ref<boolean>>,
): Readonly<Ref<readonly string[]>> {
  const order = shallowRef(wanted())
  /** What the held order has, so that not each change counts ten thousand of them. */
  let known: Set<string> | undefined
  watch([wanted, held], ([ids, isHeld]) => {
    if (!isHeld) {
      known = undefined
      order.value = ids
      return
    }
    known ??= new Set(order.value)
    const holds = known
    const added = ids.filter((id) => !holds.has(id))
    if (added.length === 0) return
    for (const id of added) holds.add(id)
    order.value = [...order.value, ...added]
  })
  return order
}
