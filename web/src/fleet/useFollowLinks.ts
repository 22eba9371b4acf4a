import { useRouter } from 'vue-router'

/**
 * Follows plain links to the page's own paths without loading it anew: one handler for a list of them. What asks for
 * something else, a new tab or a download, is left to the browser.
 */
export function useFollowLinks(): (event: MouseEvent) => void {
  const router = useRouter()
  return (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    const path = link?.getAttribute('href')
    if (!path?.startsWith('/') || link?.hasAttribute('target') || isNotPlain(event)) return
    event.preventDefault()
    void router.push(path)
  }
}

function isNotPlain({ defaultPrevented, button, metaKey, altKey, ctrlKey, shiftKey }: MouseEvent): boolean {
  return defaultPrevented || button !== 0 || metaKey || altKey || ctrlKey || shiftKey
}
