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
  watch([wanted, held], ([ids, isHeld]) => {
    if (!isHeld) {
      order.value = ids
      return
    }
    const known = new Set(order.value)
    const added = ids.filter((id) => !known.has(id))
    if (added.length > 0) order.value = [...order.value, ...added]
  })
  return order
}
