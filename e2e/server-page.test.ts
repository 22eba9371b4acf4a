import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ADMIN_TOKEN, ask, type HubProcess } from '../server/test/support/hub-process.ts'
import { holdMutations } from './support/hold-mutations.ts'
import { addServer, type CreatedServer, scene } from './support/scene.ts'

const BEAT = 'mutation ($id: ID!) { recordHeartbeat(serverId: $id, agentVersion: "1.0.0") { receivedAt } }'
const RAISE = `mutation ($id: ID!) { raiseAlert(input: { serverId: $id, key: "threshold:cpu", severity: WARNING,
  message: "CPU 94 % used" }) { id } }`

/** Two hours of samples, one a minute, with one peak; as an agent delivers them that could not reach its hub. */
async function measured(hub: HubProcess, { id }: CreatedServer): Promise<void> {
  const samples = Array.from({ length: 120 }, (_, i) => ({
    ageSeconds: (120 - i) * 60,
    cpuPercent: i === 60 ? 99 : 20 + (i % 10),
    memoryPercent: 40,
    disks: [{ mount: '/', usedPercent: 41, usedBytes: 41e9, totalBytes: 100e9 }],
  }))
  const response = await fetch(`${hub.url}/api/metrics/${id}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify(samples),
  })
  expect(response.status).toBe(200)
}

function badge(page: Page, word: string) {
  return page.locator('.proof-line .status-badge', { hasText: new RegExp(`^${word}$`) })
}

/** By the palette: the page itself stays loaded. */
async function goTo(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill(name)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

test('a status is proved, copied, acknowledged and taken back; its next change clears it', async () => {
  const { hub, browser } = await scene()
  const server = await addServer(hub, 'db-1', 3)
  for (let i = 0; i < 4; i++) await ask(hub, BEAT, server)
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
  const page = await context.newPage()
  await page.goto(hub.signInLink)
  await page.getByRole('heading', { level: 1, name: /need/ }).waitFor()
  await page.goto(`${hub.url}/servers/${server.id}`)
  await badge(page, 'OFFLINE').waitFor()
  const proof = () => page.locator('.proof-line').textContent()
  await expect.poll(proof).toMatch(/OFFLINE since .+ last heartbeat .+, limit 3.s/)
  const rhythm = () => page.locator('.rhythm-strip svg').getAttribute('aria-label')
  await expect.poll(rhythm).toMatch(/Gaps between heartbeats.*silence/)

  await page.keyboard.press('c')
  await page.getByText('Copied the proof').waitFor()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toMatch(
    /^db-1 OFFLINE since \d+ \w+ \d{4} [\d:]+ \S+ \(for .+\): last heartbeat .+, limit 3 s\.\nhttp/,
  )

  await page.keyboard.press('a')
  await page.getByLabel('Note for the others, if you like').fill('the rack is being moved')
  await page.keyboard.press('Enter')
  await page.getByText('“the rack is being moved”').waitFor()
  await page.getByRole('button', { name: 'Take back' }).click()
  await page.getByText('“the rack is being moved”').waitFor({ state: 'detached' })

  // Another client says it: it is shown here, too, until the server is heard.
  await ask(hub, 'mutation ($id: ID!) { acknowledgeStatus(serverId: $id, note: "by a bot") { id } }', server)
  await page.getByText('“by a bot”').waitFor()
  await ask(hub, BEAT, server)
  await page.getByText('“by a bot”').waitFor({ state: 'detached' })
})

test('charts: a peak is told, what happened is marked, ranges and zoom stand in the address', async () => {
  const { hub, page } = await scene()
  const server = await addServer(hub, 'web-1', 86_400)
  await ask(hub, BEAT, server)
  await measured(hub, server)
  await ask(hub, RAISE, server)
  await page.goto(hub.signInLink)
  await page.getByRole('heading', { level: 1, name: /need/ }).waitFor()
  await page.goto(`${hub.url}/servers/${server.id}`)
  const charts = page.locator('.chart')
  await charts.first().waitFor()
  expect(await charts.count()).toBe(3)
  await page
    .locator('.chart')
    .first()
    .getByRole('link', { name: /CPU 94 % used/ })
    .waitFor()

  await page.keyboard.press(']')
  await expect.poll(() => new URL(page.url()).search).toBe('?range=24h')
  await page.keyboard.press('[')
  await expect.poll(() => new URL(page.url()).search).toBe('')
  await page.getByRole('button', { name: /^90.d$/ }).click()
  await expect.poll(() => new URL(page.url()).search).toBe('?range=90d')
  await page.getByText(/a point is/).waitFor()
  await page.getByText('Figures as a table').click()
  // Over 90 d a point is hours: the peak stands beside the mean.
  await page
    .locator('.figures td', { hasText: /to 99.%\)/ })
    .first()
    .waitFor()

  await page.getByRole('button', { name: /^1.h$/ }).click()
  const canvas = page.locator('.chart .u-over').first()
  await page.getByText(/a point is/).waitFor({ state: 'detached' })
  await expect.poll(() => canvas.boundingBox()).not.toBeNull()
  const box = (await canvas.boundingBox()) ?? { x: 0, y: 0, width: 0 }
  await page.mouse.move(box.x + box.width * 0.3, box.y + 40)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.6, box.y + 40, { steps: 5 })
  await page.mouse.up()
  await expect.poll(() => page.url()).toMatch(/from=.+&to=/)
  await page.reload()
  await page.getByRole('button', { name: 'Back to now' }).click()
  await expect.poll(() => new URL(page.url()).search).toBe('')
})

test('charts: keys point, zoom and move; a finger zooms sideways', async () => {
  const { hub, browser } = await scene()
  const server = await addServer(hub, 'web-1', 86_400)
  await ask(hub, BEAT, server)
  await measured(hub, server)
  const context = await browser.newContext({ hasTouch: true, viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  await page.goto(hub.signInLink)
  await page.getByRole('heading', { level: 1, name: /need/ }).waitFor()
  await page.goto(`${hub.url}/servers/${server.id}`)
  const cpu = page.getByRole('slider', { name: 'CPU' })
  await cpu.focus()
  await page.keyboard.press('End')
  expect(await cpu.getAttribute('aria-valuetext')).toMatch(/: used 29.%$/)
  await page.keyboard.press('ArrowLeft')
  await expect.poll(() => cpu.getAttribute('aria-valuetext')).toMatch(/: used 28.%$/)
  await expect
    .poll(() => page.getByRole('slider', { name: 'Disk' }).getAttribute('aria-valuenow'))
    .toBe(await cpu.getAttribute('aria-valuenow'))

  const span = () => {
    const { searchParams } = new URL(page.url())
    return (Date.parse(searchParams.get('to') ?? '') - Date.parse(searchParams.get('from') ?? '')) / 3_600_000
  }
  await page.keyboard.press('+')
  await expect.poll(span).toBe(6)
  await page.keyboard.press('-')
  await expect.poll(span).toBe(12)
  await page.keyboard.press('?')
  await page.getByText('Along a chart that has the focus').waitFor()
  await page.keyboard.press('Escape')

  const canvas = page.locator('.chart .u-over').first()
  // Not below the bars that stand at the window's end.
  await canvas.evaluate((element) => element.scrollIntoView({ block: 'center' }))
  const { x, y, width } = (await canvas.boundingBox()) ?? { x: 0, y: 0, width: 0 }
  const touch = await context.newCDPSession(page)
  const finger = (type: 'touchStart' | 'touchMove' | 'touchEnd', part?: number) =>
    touch.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: part === undefined ? [] : [{ x: x + width * part, y: y + 40 }],
    })
  await finger('touchStart', 0.25)
  for (const part of [0.3, 0.4, 0.5]) await finger('touchMove', part)
  await finger('touchEnd')
  await expect.poll(span).toBeLessThan(4)
  expect(span()).toBeGreaterThan(2)
})

test('a server is suspended and edited at once, and is as it was where the hub refuses', async () => {
  const { hub, page } = await scene()
  await addServer(hub, 'db-9', 86_400)
  const server = await addServer(hub, 'web-1', 86_400)
  await ask(hub, BEAT, server)
  await page.goto(hub.signInLink)
  await page.getByRole('heading', { level: 1, name: /need/ }).waitFor()
  await page.goto(`${hub.url}/servers/${server.id}`)
  await badge(page, 'ONLINE').waitFor()

  const { refuse } = await holdMutations(page, ['Suspend', 'Update', 'Delete'], {
    code: 'CONFLICT',
    field: 'input.name',
  })
  await page.keyboard.press('s')
  await badge(page, 'Suspended').waitFor()
  await refuse()
  await badge(page, 'ONLINE').waitFor()
  await page.getByText('Not suspended: web-1').waitFor()

  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByLabel('Name').fill('web-2')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { level: 1, name: 'web-2' }).waitFor()
  await refuse()
  await page.getByRole('heading', { level: 1, name: 'web-1' }).waitFor()
  await page.getByText('No.').last().waitFor()
  expect(await page.getByLabel('Name').inputValue()).toBe('web-2')

  // Who is at another server by then is told there, and not asked to save it for that one.
  await page.getByRole('button', { name: 'Save' }).click()
  await goTo(page, 'db-9')
  await refuse()
  await page.getByText('Not changed: web-1').waitFor()
  expect(await page.getByRole('dialog').count()).toBe(0)
  await page.getByRole('button', { name: 'Open it' }).click()
  await page.getByRole('heading', { level: 1, name: 'web-1' }).waitFor()

  await page.unroute('**/graphql')
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByLabel('Name').fill('web-2')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { level: 1, name: 'web-2' }).waitFor()
  await page.keyboard.press('s')
  await page.getByText('Suspended web-2').waitFor()
  await goTo(page, 'db-9')
  await page.getByRole('button', { name: 'Undo' }).first().click()
  await page.getByText('Resumed web-2').waitFor()
  await page.goBack()
  await badge(page, 'ONLINE').waitFor()

  await page.getByRole('link', { name: 'All changes' }).click()
  await page.locator('.event-row', { hasText: 'Suspended' }).waitFor()
  expect(new URL(page.url()).search).toBe(`?server=${server.id}`)
})

test('an action is shown at once, and taken back where the hub refuses it', async () => {
  const { hub, page } = await scene()
  const server = await addServer(hub, 'web-1', 86_400)
  await ask(hub, BEAT, server)
  const { raiseAlert } = await ask<{ raiseAlert: { id: string } }>(hub, RAISE, server)
  await page.goto(hub.signInLink)
  await page.getByRole('heading', { level: 1, name: /need/ }).waitFor()
  await page.goto(`${hub.url}/servers/${server.id}`)

  const { refuse } = await holdMutations(page, ['ResolveAlert'])
  const row = page.locator('.alert-row', { hasText: 'CPU 94 % used' })
  await row.getByRole('button', { name: 'Resolve' }).click()
  await page.keyboard.type('fixed')
  await page.keyboard.press('Enter')
  await row.getByText(/Resolved by .+ “fixed”/).waitFor()
  await refuse()
  await row.getByText('No.').waitFor()
  await row.getByText(/Resolved by/).waitFor({ state: 'detached' })

  await page.unroute('**/graphql')
  await row.getByRole('button', { name: 'Resolve' }).click()
  await badge(page, 'ONLINE').waitFor()
  const { alert } = await ask<{ alert: { resolveNote: string } }>(
    hub,
    'query ($id: ID!) { alert(id: $id) { resolveNote } }',
    raiseAlert,
  )
  expect(alert.resolveNote).toBe('fixed')
})

test('the busiest processes are shown where an agent sends them, and follow it', async () => {
  const { hub, page } = await scene()
  const server = await addServer(hub, 'web-1', 86_400)
  await ask(hub, BEAT, server)
  await page.goto(hub.signInLink)
  await page.getByRole('heading', { level: 1, name: /need/ }).waitFor()
  await page.goto(`${hub.url}/servers/${server.id}`)
  await page.getByRole('heading', { name: 'Availability' }).waitFor()
  const table = page.getByRole('table').filter({ hasText: 'Program' })
  expect(await table.count()).toBe(0)

  const send = (name: string) =>
    ask(
      hub,
      'mutation ($id: ID!, $input: MetricSampleInput!) { recordMetrics(serverId: $id, input: $input) { recordedAt } }',
      {
        id: server.id,
        input: { cpuPercent: 60, topProcesses: [{ pid: 4_711, name, cpuPercent: 49.5, memoryBytes: 61e6 }] },
      },
    )
  await send('backup')
  await table.getByRole('row', { name: /backup 4711 50.% 61.MB/ }).waitFor()
  await send('<b>restore')
  await table.getByRole('row', { name: /<b>restore/ }).waitFor()
  expect(await table.getByRole('row').count()).toBe(2)
})
