import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ask, type HubProcess } from '../server/test/support/hub-process.ts'
import { addServer, type CreatedServer, scene, startAgent } from './support/scene.ts'

/** The one secret of a dialog, as a person would copy it. */
async function tokenIn(dialog: Locator): Promise<string> {
  const shown = await dialog.locator('.code', { hasText: /^token/ }).textContent()
  return /ss[ak]_[\w-]{43}/.exec(shown ?? '')?.[0] ?? ''
}

async function signedIn(): Promise<{ hub: HubProcess; page: Page }> {
  const { hub, page } = await scene()
  await page.goto(hub.signInLink)
  await page.getByText('No servers yet').waitFor()
  await page.evaluate(() => Object.assign(window, { neverReloaded: true }))
  return { hub, page }
}

/** By the keyboard alone, from any page. */
async function nameServer(page: Page, name: string, tags: string): Promise<Locator> {
  await page.keyboard.press('n')
  const dialog = page.getByRole('dialog', { name: 'Add a server' })
  await dialog.getByLabel('Name').waitFor()
  await page.keyboard.type(name)
  await page.keyboard.press('Tab')
  await page.keyboard.type(tags)
  await page.keyboard.press('Enter')
  return dialog
}

test('the first server, by keyboard alone: token and commands stay until its agent beats, then it is green', async () => {
  const { hub, page } = await signedIn()
  const dialog = await nameServer(page, 'web-1', 'prod, web')
  await dialog.getByText('Waiting for the first heartbeat').waitFor()
  const server: CreatedServer = { id: '1', token: await tokenIn(dialog) }
  expect(server.token).toMatch(/^ssa_/)

  for (const way of await dialog.getByRole('tab').all()) {
    expect(await way.getAttribute('aria-selected')).toBe('true')
    const commands = await dialog.getByRole('tabpanel').textContent()
    expect(commands).toContain(hub.url)
    expect(commands).toContain(server.token)
    await page.keyboard.press('ArrowRight')
  }

  // Behind the dialog the page has gone from "No servers yet" to the list meanwhile.
  await page.locator('main.overview').waitFor()
  expect(await tokenIn(dialog)).toBe(server.token)

  startAgent(hub, server, 1)
  await dialog.getByText('web-1 is ONLINE since').waitFor()
  await dialog.getByText('Second heartbeat').waitFor()
  expect(await dialog.textContent()).not.toContain(server.token)
  expect(await page.evaluate(() => 'neverReloaded' in window)).toBe(true)

  await page.keyboard.press('n')
  await dialog.getByLabel('Name').waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })

  const button = page.getByRole('button', { name: 'Add server' })
  await button.focus()
  await page.keyboard.press('Enter')
  await dialog.getByLabel('Name').waitFor()
  await page.keyboard.press('Escape')
  expect(await button.evaluate((it) => it === document.activeElement)).toBe(true)
})

test('a token can be copied where the page has no clipboard of its own, as without https', async () => {
  const { page } = await signedIn()
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
  const dialog = await nameServer(page, 'web-1', '')
  await dialog.getByText('Waiting for the first heartbeat').waitFor()
  const token = await tokenIn(dialog)
  await dialog
    .locator('.code', { hasText: /^token/ })
    .getByRole('button', { name: 'Copy' })
    .click()
  await dialog.getByText('Copied').waitFor()

  await page.keyboard.press('Escape')
  await page.keyboard.press('n')
  await dialog.getByLabel('Name').waitFor()
  await page.keyboard.press('Control+V')
  expect(await dialog.getByLabel('Name').inputValue()).toBe(token)
})

test('a name that is taken is told at its field, which has the focus', async () => {
  const { hub, page } = await signedIn()
  await addServer(hub, 'web-1')
  const dialog = await nameServer(page, 'web-1', '')
  const name = dialog.getByLabel('Name')
  await dialog.locator('.field-error', { hasText: 'has this name' }).waitFor()
  expect(await name.getAttribute('aria-invalid')).toBe('true')
  expect(await name.evaluate((input) => input === document.activeElement)).toBe(true)

  await page.keyboard.press('Control+A')
  await page.keyboard.type('web-2')
  await page.keyboard.press('Enter')
  await dialog.getByText('Waiting for the first heartbeat').waitFor()
})

test('an API token is made, shown once, works, and is refused once it is revoked', async () => {
  const { hub, page } = await signedIn()
  await page.getByRole('link', { name: 'Settings' }).first().click()
  await page.getByRole('button', { name: 'Create token' }).click()
  const dialog = page.getByRole('dialog', { name: 'Create an API token' })
  await dialog.getByLabel('Name').fill('chat bot')
  await dialog.getByRole('button', { name: '30 days' }).click()
  await dialog.getByRole('button', { name: 'Create token' }).click()
  await dialog.getByText('shown once').waitFor()
  const token = await tokenIn(dialog)
  await dialog.locator('footer').getByRole('button', { name: 'Close' }).click()
  expect(await page.locator('body').textContent()).not.toContain(token)

  expect(await ask(hub, '{ viewer { name scope } }', {}, token)).toEqual({
    viewer: { name: 'chat bot', scope: 'READ' },
  })

  const row = page.getByRole('row', { name: 'chat bot' })
  await row.getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('button', { name: 'Revoke chat bot' }).click()
  await row.getByText('revoked').waitFor()
  const answer = () => ask(hub, '{ viewer { name } }', {}, token).then(() => 'answered', String)
  await expect.poll(answer).toContain('UNAUTHENTICATED')
})

test('who may not make servers or tokens is not led to them', async () => {
  const { hub, page } = await scene()
  const { createApiToken } = await ask<{ createApiToken: { token: string } }>(
    hub,
    'mutation { createApiToken(input: { name: "looker", scope: READ }) { token } }',
  )
  await page.goto(hub.url)
  await page.getByLabel('API token').fill(createApiToken.token)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('No servers yet').waitFor()
  await page.keyboard.press('n')
  expect(await page.getByRole('dialog').count()).toBe(0)
  expect(await page.getByRole('button', { name: 'Add server' }).count()).toBe(0)

  await page.getByRole('link', { name: 'Settings' }).first().click()
  await page.getByText('takes the scope admin').waitFor()
  expect(await page.getByRole('button', { name: 'Create token' }).count()).toBe(0)
})
