import { onScopeDispose, type Ref, shallowRef } from 'vue'

/** Follows a media query. */
export function useMedia(query: string): Readonly<Ref<boolean>> {
  const list = matchMedia(query)
  const matches = shallowRef(list.matches)
  const follow = () => {
    matches.value = list.matches
  }
  list.addEventListener('change', follow)
  onScopeDispose(() => list.removeEventListener('change', follow))
  return matches
}

export const PHONE = '(max-width: 720px)'
