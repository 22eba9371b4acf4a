import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Refuses the mutations of these names, each when the test says so; all else goes through. */
export async function holdMutations(
  page: Page,
  names: readonly string[],
  extensions: { readonly code: string; readonly field?: string } = { code: 'CONFLICT' },
): Promise<{ refuse(): Promise<void> }> {
  const held: (() => void)[] = []
  const isHeld = new RegExp(`mutation (${names.join('|')})`)
  await page.route('**/graphql', async (route) => {
    if (!isHeld.test(route.request().postData() ?? '')) return route.continue()
    await new Promise<void>((resolve) => held.push(resolve))
    return route.fulfill({ json: { errors: [{ message: 'No.', extensions }], data: null } })
  })
  return {
    // What is done is shown before it is asked for.
    refuse: async () => {
      await expect.poll(() => held.length).toBe(1)
      held.shift()?.()
    },
  }
}
