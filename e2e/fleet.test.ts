import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ask, type HubProcess } from '../server/test/support/hub-process.ts'
import { violationsOf } from './support/axe.ts'
import { signedIn, storyScene } from './support/story.ts'

const problem = (page: Page, name: string) => page.locator('.problem-row').filter({ hasText: name })
const tableRow = (page: Page, name: string) => page.locator('.server-row').filter({ hasText: name })
const toast = (page: Page, said: string) => page.locator('.toast').filter({ hasText: said })
const query = (page: Page) => new URL(page.url()).searchParams

async function serverOf(hub: HubProcess, id: string) {
  const { server } = await ask<{
    server: {
      status: string
      suspended: boolean
      tags: string[]
      statusAcknowledgement: { note: string | null } | null
    }
  }>(hub, 'query ($id: ID!) { server(id: $id) { status suspended tags statusAcknowledgement { note } } }', { id })
  return server
}

test('acknowledging by button and by key: at once here and for others, with a note, undone, and never the status', async () => {
  const { hub, browser, id } = await storyScene()
  const page = await signedIn(browser, hub)
  const other = await signedIn(browser, hub)
  await page.getByRole('heading', { name: /^3 of \d+ servers need you$/ }).waitFor()

  await problem(page, 'db-ams-01').getByRole('button', { name: 'Acknowledge' }).click()
  await page.getByRole('heading', { name: /^2 of/ }).waitFor()
  await other.getByRole('heading', { name: /^2 of/ }).waitFor()
  await problem(other, 'db-ams-01').getByText('bootstrap at').waitFor()
  expect(await serverOf(hub, id('db-ams-01'))).toMatchObject({
    status: 'OFFLINE',
    statusAcknowledgement: { note: null },
  })

  await problem(page, 'db-ams-01').getByRole('button', { name: 'More about db-ams-01' }).click()
  await page.getByRole('button', { name: 'Say why…' }).click()
  await page.getByLabel('Note').fill('moving racks')
  await page.keyboard.press('Enter')
  await problem(other, 'db-ams-01').getByText('“moving racks”').waitFor()

  await page.locator('h1').click()
  for (const key of ['j', 'j', 'a']) await page.keyboard.press(key)
  await page.getByRole('heading', { name: /^1 of/ }).waitFor()
  await toast(page, 'Acknowledged queue-ams-01').getByRole('button', { name: 'Undo' }).click()
  await other.getByRole('heading', { name: /^2 of/ }).waitFor()
  expect(await page.title()).toBe('2 need you · StackSense')
  const icon = await page.locator('link[rel=icon]').getAttribute('href')
  expect(decodeURIComponent(icon ?? '')).toMatch(/<rect.*>2<\/text>/)
})

test('counts filter the overview; the band, the events and the hub itself are there', async () => {
  const { hub, browser } = await storyScene()
  const page = await signedIn(browser, hub)
  const counts = page.getByRole('group', { name: 'Filter by status' })
  for (const [count, name] of [
    ['Offline 2', 'db-ams-01'],
    ['Suspended 1', 'cache-sin-02'],
    ['Waiting for first heartbeat 1', 'web-sin-21'],
  ] as const) {
    await counts.getByRole('button', { name: count }).click()
    await page.locator('.server-list-row').filter({ hasText: name }).waitFor()
  }
  expect(query(page).get('show')).toBe('waiting')
  await counts.getByRole('button', { name: 'Need you' }).click()
  await page.getByRole('img', { name: /^Servers with problems, last 24 hours. Highest: \d/ }).waitFor()
  await page
    .locator('.event-item')
    .filter({ hasText: 'db-ams-01' })
    .filter({ hasText: 'went OFFLINE' })
    .first()
    .waitFor()
})

test('the server list: search, filter, group and sort stand in the address and survive a reload', async () => {
  const { hub, browser } = await storyScene()
  const page = await signedIn(browser, hub)
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await tableRow(page, 'web-ams-01').waitFor()

  await page.keyboard.press('/')
  await page.keyboard.type('heartbeat since')
  await expect.poll(() => page.locator('.server-row').count()).toBe(2)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Add a filter' }).click()
  await page.getByRole('button', { name: 'active alert' }).click()
  await expect.poll(() => page.locator('.server-row .name').allTextContents()).toEqual(['queue-ams-01'])
  await page.getByRole('button', { name: 'Remove filter reason' }).click()

  await page.getByRole('button', { name: /^Group by/ }).click()
  await page
    .getByRole('button', { name: /ams, fra, nyc…|^ ?ams/ })
    .last()
    .click()
  await page.locator('.group-row').first().waitFor()
  await page.getByRole('button', { name: 'Last 60' }).click()
  await page.getByRole('button', { name: 'Heartbeat' }).click()
  await expect.poll(() => page.url()).toContain('sort=heartbeat')
  expect([...query(page).keys()].sort()).toEqual(['group', 'sort', 'strips'])
  await page.reload()
  await page.locator('.group-row').first().waitFor()
  await page
    .getByRole('img', { name: /^Last 24\sh: / })
    .first()
    .waitFor()
  const before = await page.locator('.server-row').count()
  await page
    .getByRole('button', { name: /^Show all/ })
    .first()
    .click()
  await expect.poll(() => page.locator('.server-row').count()).toBeGreaterThan(before)
  await page.locator('.group-row button').first().click()
  await expect.poll(() => page.locator('.server-row').count()).toBeLessThan(before)
})

test('several servers at once: tagged, suspended and deleted, with undo or a question', async () => {
  const { hub, browser, id } = await storyScene()
  const page = await signedIn(browser, hub)
  await page.goto(`${hub.url}/servers?search=nyc&sort=name`)
  await tableRow(page, 'cache-nyc-01').waitFor()
  for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key)
  const bar = page.getByRole('toolbar', { name: 'Selected servers' })
  await bar.getByText('2 servers selected').waitFor()

  await bar.getByRole('button', { name: 'Tag' }).click()
  await page.getByLabel('Tags to add').fill('canary')
  await page.keyboard.press('Enter')
  await tableRow(page, 'cache-nyc-01').getByText('canary').waitFor()
  await toast(page, 'Tagged 2 servers').getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => tableRow(page, 'cache-nyc-01').getByText('canary').count()).toBe(0)
  // The page shows it before the hub has done it.
  await expect.poll(async () => (await serverOf(hub, id('cache-nyc-01'))).tags).not.toContain('canary')

  await bar.getByRole('button', { name: 'Suspend' }).click()
  await tableRow(page, 'cache-nyc-01').getByText('Suspended', { exact: true }).waitFor()
  await toast(page, 'Suspended 2 servers').getByRole('button', { name: 'Undo' }).click()
  await tableRow(page, 'cache-nyc-01').getByText('ONLINE').waitFor()

  await bar.getByRole('button', { name: 'Delete' }).click()
  const asked = page.getByRole('dialog', { name: 'Delete 2 servers?' })
  await asked.getByRole('button', { name: 'Keep them' }).click()
  expect(await tableRow(page, 'cache-nyc-01').count()).toBe(1)
  await bar.getByRole('button', { name: 'Delete' }).click()
  await asked.getByRole('button', { name: 'Delete 2 servers' }).click()
  await expect.poll(() => tableRow(page, 'cache-nyc-01').count()).toBe(0)
  await expect.poll(() => bar.count()).toBe(0)
})

test('the wall by keyboard: one tab stop, arrows, a card in words, Enter opens', async () => {
  const { hub, browser } = await storyScene()
  const page = await signedIn(browser, hub)
  await page.goto(`${hub.url}/servers?view=wall&status=offline`)
  const grid = page.getByRole('grid')
  await grid.focus()
  await page.locator('.hover-card', { hasText: 'db-ams-01' }).waitFor()
  await page.keyboard.press('ArrowRight')
  await page
    .locator('.hover-card', { hasText: 'edge-fra-01' })
    .getByText(/No heartbeat for .*limit 3/)
    .waitFor()
  expect(await page.getByRole('gridcell').textContent()).toMatch(/^edge-fra-01, OFFLINE for/)
  expect(await violationsOf(page)).toEqual([])
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'edge-fra-01' }).waitFor()
})

test('the palette finds servers and runs commands; the sheet names the keys, and they can be switched off', async () => {
  const { hub, browser, id } = await storyScene()
  const page = await signedIn(browser, hub)
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('suspend? no: web-fra-01')
  await page.getByText('Nothing is called that.').waitFor()
  await page.getByRole('combobox').fill('web-fra-01')
  await page.getByRole('option', { name: 'Suspend web-fra-01' }).waitFor()
  expect(await violationsOf(page)).toEqual([])
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect.poll(async () => (await serverOf(hub, id('web-fra-01'))).suspended).toBe(true)

  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('theme dark')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')

  await page.keyboard.press('?')
  const sheet = page.getByRole('dialog', { name: 'Keys' })
  await sheet.getByText('Add a server').waitFor()
  expect(await violationsOf(page)).toEqual([])
  await sheet.getByLabel('Single keys are on').uncheck()
  await sheet.getByRole('button', { name: 'Close' }).last().click()
  await page.keyboard.press('n')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('db-ams-01')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'db-ams-01' }).waitFor()
  expect(await page.getByRole('dialog').count()).toBe(0)
})

test('who looks elsewhere is told: a toast on other pages, a notification while the tab is hidden', async () => {
  const { hub, browser, fleet } = await storyScene()
  const page = await signedIn(browser, hub)
  await page.addInitScript(() => {
    const told: string[] = []
    class Told {
      static permission = 'granted'
      static requestPermission = async () => 'granted'
      constructor(title: string) {
        told.push(title)
      }
    }
    Object.assign(window, { Notification: Told, told })
  })
  await page.goto(`${hub.url}/servers`)
  await tableRow(page, 'db-fra-01').waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('notify')
  await page.keyboard.press('Enter')
  await page.evaluate(() => Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' }))
  fleet.silence('db-fra-01')
  await toast(page, 'db-fra-01 went OFFLINE').getByRole('button', { name: 'Open' }).click()
  await page.getByRole('heading', { level: 1, name: 'db-fra-01' }).waitFor()
  expect(await page.evaluate(() => (window as unknown as { told: string[] }).told)).toContain('db-fra-01 went OFFLINE')
})
