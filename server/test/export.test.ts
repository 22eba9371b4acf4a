import { expect, test } from 'vitest'
import { graphqlScene, type Scene } from './graphql-scene.ts'

const BEAT = 'mutation ($id: ID!) { recordHeartbeat(serverId: $id) { receivedAt } }'
const RAISE = 'mutation ($input: RaiseAlertInput!) { raiseAlert(input: $input) { id } }'
const SUSPEND = 'mutation ($id: ID!) { suspendServer(id: $id) { id } }'

/** Reads a file of the hub as this token, as admin where none is named. */
async function download({ url, tokens }: Scene, file: string, token: string | null = tokens.admin) {
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` }
  return fetch(new URL(`/api/export/${file}`, url), { headers: authorization })
}

async function alerting(scene: Scene, name: string, message: string, tags: string[] = []): Promise<string> {
  const { id, token } = await scene.createServer(name, { tags })
  await scene.data(BEAT, { id }, token)
  await scene.data(RAISE, { input: { serverId: id, key: 'k', severity: 'CRITICAL', message, value: -1 } })
  return id
}

test('alerts leave as CSV that no spreadsheet runs, and as JSON with the same names', async () => {
  const scene = await graphqlScene()
  await alerting(scene, '=cmd', '@SUM(1,2)')

  const csv = await download(scene, 'alerts.csv')
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(csv.headers.get('content-disposition')).toBe('attachment; filename="stacksense-alerts.csv"')
  const [head, row, end] = (await csv.text()).split('\r\n')
  expect(head).toMatch(/^id,serverId,server,key,severity,message,value,threshold,openedAt/)
  expect(row).toMatch(/^1,1,'=cmd,k,CRITICAL,"'@SUM\(1,2\)",-1,,2/)
  expect(end).toBe('')

  const rows = (await (await download(scene, 'alerts.json')).json()) as Record<string, unknown>[]
  expect(rows).toHaveLength(1)
  expect(rows[0]).toMatchObject({ server: '=cmd', message: '@SUM(1,2)', value: -1, resolvedAt: null })
  expect(Object.keys(rows[0] ?? {}).join()).toBe(head)
})

test('events leave newest first, over many pages, each once', async () => {
  const scene = await graphqlScene()
  const { id } = await scene.createServer('web 1')
  await scene.hub.store.pool.query(
    `insert into status_event (server_id, from_status, to_status, reason, at)
     select $1, 'ONLINE', 'OFFLINE', 'HEARTBEAT_EXPIRED', 'epoch'::timestamptz + n * interval '1 second'
     from generate_series(1, 1234) n`,
    [id],
  )
  const rows = (await (await download(scene, 'events.json')).json()) as { at: string; server: string }[]
  expect(rows).toHaveLength(1234)
  expect(rows[0]).toMatchObject({ at: '1970-01-01T00:20:34.000Z', server: 'web 1' })
  expect(rows.at(-1)).toMatchObject({ at: '1970-01-01T00:00:01.000Z' })

  const part = await download(
    scene,
    `events.csv?server=${id}&status=OFFLINE&since=1970-01-01T00:01:00Z&until=1970-01-01T00:02:00Z`,
  )
  expect((await part.text()).trim().split('\r\n')).toHaveLength(1 + 60)
})

test('an empty list is a head line, or an empty array', async () => {
  const scene = await graphqlScene()
  expect(await (await download(scene, 'anomalies.csv')).text()).toMatch(/^id,serverId,server,metric,[^\n]+\r\n$/)
  expect(await (await download(scene, 'anomalies.json')).json()).toEqual([])
})

test('an export needs a user; an agent is none', async () => {
  const scene = await graphqlScene()
  const { token } = await scene.createServer('web 1')
  expect((await download(scene, 'events.csv', null)).status).toBe(401)
  expect((await download(scene, 'events.csv', token)).status).toBe(403)
  expect((await download(scene, 'events.csv', scene.tokens.read)).status).toBe(200)
})

test.each([
  ['events.xml', 404, 'NOT_FOUND'],
  ['constructor.csv', 404, 'NOT_FOUND'],
  ['events.csv?severity=CRITICAL', 400, 'BAD_USER_INPUT'],
  ['events.csv?status=GONE', 400, 'BAD_USER_INPUT'],
  ['events.csv?since=yesterday', 400, 'BAD_USER_INPUT'],
  ['events.csv?server=x', 400, 'BAD_USER_INPUT'],
  ['alerts.csv?active=maybe', 400, 'BAD_USER_INPUT'],
  ['alerts.csv?server=1&server=2', 400, 'BAD_USER_INPUT'],
  ['alerts.csv?tag=%00', 400, 'BAD_USER_INPUT'],
])('%s is refused, not answered with everything', async (file, status, code) => {
  const answer = await download(await graphqlScene(), file)
  expect(answer.status).toBe(status)
  expect(await answer.json()).toMatchObject({ code })
})

test('lists are filtered by tag and time, and one entry is found by its id or cursor', async () => {
  const scene = await graphqlScene()
  const { data } = scene
  await alerting(scene, 'web 1', 'first', ['web'])
  const between = new Date().toISOString()
  const second = await alerting(scene, 'db 1', 'second', ['db'])
  await data(SUSPEND, { id: second })

  const messages = async (filter: object) =>
    (
      await data('query ($f: AlertFilter) { alerts(filter: $f) { nodes { message } } }', { f: filter })
    ).alerts.nodes.map((alert: { message: string }) => alert.message)
  expect(await messages({ tags: ['web'] })).toEqual(['first'])
  expect(await messages({ since: between })).toEqual(['second'])
  expect(await messages({ until: between })).toEqual(['first'])
  expect(await messages({ since: between, severities: ['INFO'] })).toEqual([])

  const { statusEvents } = await data(
    'query ($since: DateTime) { statusEvents(filter: { since: $since, tags: ["db"] }) { nodes { cursor to reason } } }',
    { since: between },
  )
  expect(statusEvents.nodes.map((event: { reason: string }) => event.reason)).toEqual([
    'HEALTHY',
    'ACTIVE_ALERTS',
    'SUSPENDED',
  ])
  const [, , suspended] = statusEvents.nodes
  const one = await data(
    'query ($cursor: String!) { alert(id: "2") { message } none: alert(id: "99") { id } anomaly(id: "1") { id } statusEvent(cursor: $cursor) { cursor reason } }',
    { cursor: suspended.cursor },
  )
  expect(one).toEqual({
    alert: { message: 'second' },
    none: null,
    anomaly: null,
    statusEvent: { cursor: suspended.cursor, reason: 'SUSPENDED' },
  })
})
