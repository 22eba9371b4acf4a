import { expect, test } from 'vitest'
import { acknowledgeAlert, type NewAlert, raiseAlert, resolveAlert, resolveAlertIn } from '../src/store/alerts.ts'
import { raiseAnomaly, resolveAnomaly } from '../src/store/anomalies.ts'
import { recordFarewell } from '../src/store/farewells.ts'
import { deleteServer, updateServer } from '../src/store/servers.ts'
import { inTransaction } from '../src/store/transaction.ts'
import { graphqlScene } from './graphql-scene.ts'
import { proxyTo } from './support/database-proxy.ts'
import { addServer, freshDatabase, openHub } from './support/hub-scene.ts'

const PATIENCE = { interval: 20, timeout: 25_000 }

const ALERT = { severity: 'CRITICAL', message: 'm', value: null, threshold: null, by: 'test' } as const
const ANOMALY = { metric: 'cpu', message: 'm', score: 5, value: null, expected: null, by: 'test' } as const

/** A hub that can be cut off from the database, and another one on it. */
async function scene() {
  const database = await freshDatabase()
  const proxy = await proxyTo(database)
  const hub = await openHub(proxy.database, { onError: () => undefined })
  const { store } = await openHub(database)
  const raise = (serverId: number, key: string, more: Partial<NewAlert> = {}) =>
    raiseAlert(store, { ...ALERT, serverId, key, ...more })
  /** As if all that there is had changed long ago. */
  const grow = () =>
    store.pool.query(`update server set updated_at = now() - interval '1 hour', created_at = now() - interval '1 hour';
      update alert set changed_at = now() - interval '1 hour'; update anomaly set changed_at = now() - interval '1 hour'`)
  return { hub, store, proxy, raise, grow }
}

/** Whatever comes, in words, and in their order. */
function told<T>(stream: AsyncIterable<T>, words: (item: T) => string): () => string[] {
  const seen = new Set<string>()
  void (async () => {
    for await (const item of stream) seen.add(words(item))
  })()
  return () => [...seen].sort()
}

test('what happened to alerts and anomalies while a hub was deaf is told when it hears again, and nothing else', async () => {
  const { hub, store, proxy, raise, grow } = await scene()
  const [web, doomed] = [await addServer(store), await addServer(store)]
  const [ended, known] = [await raise(web.id, 'ended'), await raise(web.id, 'known')]
  for (const key of ['worse', 'untouched']) await raise(web.id, key)
  await raise(doomed.id, 'deleted')
  const anomaly = await raiseAnomaly(store, { ...ANOMALY, serverId: web.id })
  await grow()
  const alerts = told(hub.changeFeed.alerts({}), (it) => [it.key, it.message, it.acknowledgedBy, it.resolvedBy].join())
  const anomalies = told(hub.changeFeed.anomalies({}), (it) => [it.metric, it.resolvedBy].join())

  proxy.cut()
  await resolveAlert(store, ended.id, 'mara', null)
  await acknowledgeAlert(store, known.id, 'mara', null)
  await raise(web.id, 'worse', { message: 'much worse' })
  await raise(web.id, 'new')
  await deleteServer(store, doomed.id)
  await resolveAnomaly(store, anomaly.id, 'mara', null)
  proxy.heal()

  await expect.poll(anomalies, PATIENCE).toEqual(['cpu,mara'])
  const expected = ['deleted,m,,server deleted', 'ended,m,,mara', 'known,m,mara,', 'new,m,,', 'worse,much worse,,']
  await expect.poll(alerts, PATIENCE).toEqual(expected)
}, 60_000)

test('so is what happened to servers, and heartbeats are answered with their new names', async () => {
  const { hub, store, proxy, grow } = await scene()
  const [changed, parting, doomed] = [await addServer(store), await addServer(store), await addServer(store)]
  await addServer(store, { name: 'untouched' })
  await grow()
  const named = () => hub.writer.record(changed.id, {}).catch(() => undefined)
  expect(await named()).toMatchObject({ name: changed.name })
  const servers = told(hub.changeFeed.servers({}), ({ kind, server }) => `${kind} ${server.name}`)

  proxy.cut()
  await updateServer(store, changed.id, { name: 'changed' })
  await recordFarewell(store, parting.id, 'REBOOT', null)
  await deleteServer(store, doomed.id)
  await addServer(store, { name: 'new' })
  proxy.heal()

  await expect
    .poll(servers, PATIENCE)
    .toEqual(['CREATED new', `DELETED ${doomed.name}`, 'UPDATED changed', `UPDATED ${parting.name}`])
  await expect.poll(named, PATIENCE).toMatchObject({ name: 'changed' })
}, 60_000)

test('an alert that ended as the connection broke is told over the socket', async () => {
  const { hub, createServer, data, socket } = await graphqlScene()
  const { id } = await createServer('web 1')
  const client = socket()
  const changes = client.iterate({ query: 'subscription { alertChanged { key active } }' })
  const alerts = told(changes, ({ data }) => JSON.stringify(data))
  for await (const _ of client.iterate({ query: '{ viewer { name } }' })); // what was asked before is under way
  const { raiseAlert } = await data(
    'mutation ($id: ID!) { raiseAlert(input: { serverId: $id, key: "k", severity: INFO, message: "m" }) { id } }',
    { id },
  )
  await inTransaction(hub.store.pool, async (tx) => {
    await resolveAlertIn(tx, Number(raiseAlert.id), 'mara', null)
    // It is gone before this is committed, and comes back later.
    await tx.query(`select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where application_name like 'stacksense listener%' and datname = current_database()`)
  })
  await expect.poll(alerts, PATIENCE).toContain('{"alertChanged":{"key":"k","active":false}}')
})
