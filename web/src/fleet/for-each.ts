import type { Refused } from '../api/useMutation.ts'

/** So many are asked for at once: enough to be quick, too few to crowd out heartbeats. */
const AT_ONCE = 8

export interface Undertaking<T> {
  readonly done: readonly T[]
  readonly refused: readonly { readonly item: T; readonly refused: Refused }[]
}

/** Asks the hub for each item. One that is refused does not stop the others. */
export async function forEach<T>(
  items: readonly T[],
  ask: (item: T) => Promise<Refused | undefined>,
): Promise<Undertaking<T>> {
  const done: T[] = []
  const refused: { item: T; refused: Refused }[] = []
  const waiting = [...items]
  async function work() {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      const answer = await ask(item)
      if (answer) refused.push({ item, refused: answer })
      else done.push(item)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return { done, refused }
}
