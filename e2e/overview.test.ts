import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ADMIN_TOKEN, startHub } from '../server/test/support/hub-process.ts'
import { addServer, scene, startAgent } from './support/scene.ts'

/** The row of a server, wherever the page shows it at this moment, once it says this. */
function rowSaying(page: Page, name: string, word: string) {
  const badge = page.locator('.status-badge', { hasText: new RegExp(`^${word}$`) })
  return page.locator('.server-list-row, .problem-row').filter({ hasText: name }).filter({ has: badge }).first()
}

test('sign in by the link, see a live server, silence it, watch it turn OFFLINE and come back, without reload', async () => {
  const { hub, page } = await scene()
  const server = await addServer(hub, 'web-1', 2)
  const agent = startAgent(hub, server, 1)

  await page.goto(hub.signInLink)
  await rowSaying(page, 'web-1', 'ONLINE').waitFor()
  expect(await page.locator('.connection').textContent()).toContain('Live')
  expect(page.url()).not.toContain('ssc_')
  await page.evaluate(() => Object.assign(window, { neverReloaded: true }))

  agent.kill('SIGSTOP')
  await rowSaying(page, 'web-1', 'OFFLINE').waitFor()
  await page.getByRole('heading', { name: '1 server needs you' }).waitFor()
  expect(await page.title()).toContain('1')

  agent.kill('SIGCONT')
  await rowSaying(page, 'web-1', 'ONLINE').waitFor()
  await page.getByRole('heading', { name: 'No server needs you' }).waitFor()

  agent.kill('SIGKILL')
  await rowSaying(page, 'web-1', 'OFFLINE').waitFor()
  expect(await page.evaluate(() => 'neverReloaded' in window)).toBe(true)
})

test('a wrong token is refused at its field, the right one signs in, and a sign-in link works once', async () => {
  const { hub, browser, page } = await scene()
  await page.goto(hub.url)
  await page.getByLabel('API token').fill('ssk_nobody-has-this-one')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('The hub knows no such token').waitFor()

  await page.getByLabel('API token').fill(ADMIN_TOKEN)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('No servers yet').waitFor()

  for (const works of [true, false]) {
    const other = await (await browser.newContext()).newPage()
    await other.goto(hub.signInLink)
    await other
      .getByText(works ? 'No servers yet' : 'This link was used before')
      .first()
      .waitFor()
    expect(await other.getByLabel('API token').count()).toBe(works ? 0 : 1)
  }
})

test('a server that another client adds appears, and one that it deletes goes, without reload', async () => {
  const { hub, page } = await scene()
  await page.goto(hub.signInLink)
  await page.getByText('No servers yet').waitFor()
  const { id } = await addServer(hub, 'added-elsewhere')
  await page.getByText('added-elsewhere').first().waitFor()
  await fetch(`${hub.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify({ query: `mutation { deleteServer(id: "${id}") }` }),
  })
  await page.getByText('No servers yet').waitFor()
})

test('a page whose hub is gone says so, and with the hub it is live again and misses nothing', async () => {
  const { hub, page } = await scene()
  const server = await addServer(hub, 'web-1', 2)
  startAgent(hub, server, 1)
  await page.goto(hub.signInLink)
  await rowSaying(page, 'web-1', 'ONLINE').waitFor()

  const port = new URL(hub.url).port
  const dataDir = hub.environment.STACKSENSE_DATA_DIR as string
  await hub.kill('SIGKILL')
  await page
    .getByText(/Connection lost/)
    .first()
    .waitFor()
  expect(await page.locator('.stale-page').count()).toBeGreaterThan(0)

  const again = await startHub({ STACKSENSE_DATA_DIR: dataDir, PORT: port })
  await page.locator('.connection', { hasText: 'Live' }).waitFor()
  await addServer(again, 'added-after')
  await page.getByText('added-after').first().waitFor()
  expect(await page.locator('.stale-page').count()).toBe(0)
})
