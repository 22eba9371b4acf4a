import { onScopeDispose, type Ref, shallowRef } from 'vue'

/** A token's colour as a canvas takes it: `light-dark()` is resolved only where it is used. */
export function colorOf(token: string, element: HTMLElement): string {
  const probe = document.createElement('i')
  probe.style.color = `var(${token})`
  element.append(probe)
  const color = getComputedStyle(probe).color
  probe.remove()
  return color
}

/** Grows when the theme changes, by the person or by the system. */
export function useThemeChanges(): Readonly<Ref<number>> {
  const changes = shallowRef(0)
  const grow = () => {
    changes.value++
  }
  const system = matchMedia('(prefers-color-scheme: dark)')
  const chosen = new MutationObserver(grow)
  system.addEventListener('change', grow)
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  onScopeDispose(() => {
    system.removeEventListener('change', grow)
    chosen.disconnect()
  })
  return changes
}
