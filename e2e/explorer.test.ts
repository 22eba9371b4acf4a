import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ask } from '../server/test/support/hub-process.ts'
import { addServer, scene } from './support/scene.ts'

/** Everything that the page asks another origin for, and everything that its content security policy refuses. */
function complaintsOf(page: Page, ownOrigin: string): string[] {
  const complaints: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(ownOrigin)) complaints.push(request.url().slice(0, 200))
  })
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return complaints
}

/** Runs the operation of this name, of those that the explorer begins with. */
async function run(page: Page, operation: string): Promise<void> {
  await page.locator('.graphiql-query-editor').getByText(operation, { exact: true }).click()
  await page.keyboard.press('ControlOrMeta+Enter')
}

test('the explorer asks and listens by the session of the page, with nothing from elsewhere', async () => {
  const { hub, page } = await scene()
  const server = await addServer(hub, 'web-1')
  await page.goto(`${hub.url}/explorer`)
  await page.getByText('Sign in on the page first').waitFor()

  await page.goto(hub.signInLink)
  await page.getByText('web-1').first().waitFor()
  const complaints = complaintsOf(page, new URL(page.url()).origin)
  await page.goto(new URL('/explorer', page.url()).href)
  const answer = page.locator('.result-window')
  await run(page, 'Fleet')
  await answer.getByText('"NEVER_SEEN"').waitFor()

  await run(page, 'Changes')
  await page.getByRole('button', { name: /Stop query/ }).waitFor()
  await expect
    .poll(async () => {
      await ask(hub, 'mutation ($id: ID!) { suspendServer(id: $id) { id } resumeServer(id: $id) { id } }', server)
      return answer.textContent()
    })
    .toContain('"SUSPENDED"')

  await page
    .getByRole('button', { name: /Documentation Explorer/ })
    .first()
    .click()
  await page
    .getByRole('link', { name: 'Mutation' })
    .or(page.getByText('Mutation', { exact: true }))
    .first()
    .click()
  await page.getByText('raiseAlert').first().waitFor()
  expect(complaints).toEqual([])
})
