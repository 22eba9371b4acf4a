import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ask, type HubProcess } from '../server/test/support/hub-process.ts'
import { addServer, scene } from './support/scene.ts'

const PAIRS = 70

/** A hub with two servers; the first has been suspended and resumed again and again. */
async function storyScene() {
  const { hub, page } = await scene()
  const web = await addServer(hub, 'web-1')
  const db = await addServer(hub, 'db-1')
  for (const { id } of [web, db])
    await ask(hub, 'mutation ($id: ID!) { recordHeartbeat(serverId: $id) { receivedAt } }', { id })
  const pairs = Array.from(
    { length: PAIRS },
    (_, i) => `a${i}: suspendServer(id: $id) { id } b${i}: resumeServer(id: $id) { id }`,
  )
  for (let i = 0; i < PAIRS; i += 5) await ask(hub, `mutation ($id: ID!) { ${pairs.slice(i, i + 5).join(' ')} }`, web)
  await page.goto(hub.signInLink)
  await page.getByRole('heading', { level: 1, name: /need/ }).waitFor()
  return { hub, page, web, db }
}

async function exported(page: Page, format: 'CSV' | 'JSON'): Promise<string> {
  await page.getByRole('button', { name: 'Export' }).click()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: `As ${format}` }).click(),
  ])
  return readFileSync(await file.path(), 'utf8')
}

async function raise(hub: HubProcess, serverId: string, severity: string, message: string): Promise<string> {
  const { raiseAlert } = await ask<{ raiseAlert: { id: string } }>(
    hub,
    `mutation ($input: RaiseAlertInput!) { raiseAlert(input: $input) { id } }`,
    { input: { serverId, key: message, severity, message } },
  )
  return raiseAlert.id
}

test('events: endless, live, filtered by the address, each with an address of its own, and as a file', async () => {
  const { hub, page, web, db } = await storyScene()
  await page.goto(`${hub.url}/events`)
  const rows = page.locator('.event-row')
  await rows.nth(99).waitFor()
  await expect
    .poll(async () => {
      await page.mouse.wheel(0, 20_000)
      return rows.count()
    })
    .toBe(2 + 2 * PAIRS)

  await page.evaluate(() => scrollTo(0, 0))
  await ask(hub, 'mutation ($id: ID!) { suspendServer(id: $id) { id } }', db)
  await rows.first().filter({ hasText: 'db-1' }).filter({ hasText: 'Suspended' }).waitFor()

  await page.getByRole('button', { name: 'Filter by status' }).click()
  await page.getByRole('button', { name: 'ONLINE' }).click()
  await expect.poll(() => page.url()).toContain('status=online')
  await page.getByRole('combobox', { name: 'Server' }).fill('db-1')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.url()).toContain(`server=${db.id}`)
  await expect.poll(() => rows.count()).toBe(1)
  await page.reload()
  await expect.poll(() => rows.count()).toBe(1)
  const csv = await exported(page, 'CSV')
  expect(csv.trim().split('\r\n')).toHaveLength(2)
  expect(csv).toContain(`,${db.id},db-1,OFFLINE,NEVER_SEEN,ONLINE,HEALTHY,`)

  await rows.first().getByRole('link').first().click()
  await page.getByRole('heading', { name: 'Status change of db-1' }).waitFor()
  await page.getByRole('link', { name: 'All events of db-1' }).click()
  await expect.poll(() => rows.count()).toBe(2)
  await page.goto(`${hub.url}/events/${'x'.repeat(20)}`)
  await page.getByText('It could not be read.').waitFor()
  expect(web.id).not.toBe(db.id)
})

test('alerts: filtered, live, resolved with a note, each with an address of its own, and as a file', async () => {
  const { hub, page, web, db } = await storyScene()
  const critical = await raise(hub, web.id, 'CRITICAL', 'The queue is stuck.')
  await raise(hub, db.id, 'INFO', 'A backup began.')
  await page.goto(`${hub.url}/alerts`)
  await page.getByRole('heading', { name: '2 active alerts' }).waitFor()
  await page.getByRole('button', { name: 'Filter by severity' }).click()
  await page.getByRole('button', { name: 'Critical' }).click()
  await expect.poll(() => page.url()).toContain('severity=critical')
  await page.getByRole('heading', { name: '1 active alert' }).waitFor()
  await raise(hub, db.id, 'CRITICAL', 'Raised by another client.')
  await page.getByRole('heading', { name: '2 active alerts' }).waitFor()
  expect(JSON.parse(await exported(page, 'JSON'))).toHaveLength(2)

  const row = page.locator('.record', { hasText: 'The queue is stuck.' })
  await row.getByRole('button', { name: 'Acknowledge' }).click()
  await page.keyboard.type('on it')
  await page.keyboard.press('Enter')
  await row.getByText('“on it”').waitFor()
  await row.getByRole('button', { name: 'Resolve' }).click()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '1 active alert' }).waitFor()
  await page.getByRole('button', { name: 'Resolved' }).click()
  await page.getByRole('heading', { name: '1 resolved alert' }).waitFor()
  await page.getByRole('link', { name: `alert ${critical}` }).click()
  await page.getByRole('heading', { name: `Alert ${critical} of web-1` }).waitFor()
  await page.getByText('The queue is stuck.').waitFor()

  await page.goto(`${hub.url}/alerts?list=anomalies`)
  await page.getByRole('heading', { name: 'No active anomaly' }).waitFor()
})
