import {
  type ComputedRef,
  computed,
  type InjectionKey,
  inject,
  onScopeDispose,
  provide,
  type Ref,
  shallowRef,
  watch,
} from 'vue'
import type { Moment } from './words.ts'

const MOMENT: InjectionKey<ComputedRef<Moment>> = Symbol('moment')

/** What every age below this component is counted to: the hub's time, second by second, and whether it is live. */
export function provideMoment(now: Readonly<Ref<number>>, live: () => boolean): void {
  provide(
    MOMENT,
    computed(() => ({ now: now.value, live: live() })),
  )
}

export function useMoment(): ComputedRef<Moment> {
  return inject(MOMENT, () => computed(() => ({ now: Date.now(), live: true })), true)
}

/** How long until the second of this time is over, in ms. */
export function untilTick(now: number): number {
  return 1_000 - (now % 1_000)
}

/** A clock that moves when its second does, so that all ages on a page tick together; at once where `set` changes. */
export function useTick(now: () => number, set: Readonly<Ref<unknown>>): Readonly<Ref<number>> {
  const tick = shallowRef(now())
  let timer: ReturnType<typeof setTimeout> | undefined
  const next = () => {
    clearTimeout(timer)
    tick.value = now()
    timer = setTimeout(next, untilTick(tick.value))
  }
  watch(set, next, { immediate: true })
  onScopeDispose(() => clearTimeout(timer))
  return tick
}
