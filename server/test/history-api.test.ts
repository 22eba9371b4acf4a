import { expect, test } from 'vitest'
import { codesOf, graphqlScene } from './graphql-scene.ts'

async function scene() {
  const it = await graphqlScene()
  const { id, token } = await it.createServer('web-1')
  const { origin } = new URL(it.url)
  const post = (path: string, body: unknown) =>
    fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
  return { ask: it.ask, data: it.data, post, id, token }
}

const RECORD = `mutation ($id: ID!, $input: [MetricSampleInput!]!) {
  recordMetricSamples(serverId: $id, input: $input) { at recorded doubled tooOld tooMany } }`
const SERIES = `query ($id: ID!, $from: DateTime!, $maxPoints: Int) { metrics(serverId: $id, from: $from, maxPoints: $maxPoints) {
  resolution bucketSeconds points { cpuPercent disks { mount usedPercent } }
  buckets { at samples cpuPercent { min mean max } load1 { max } disks { mount usedPercent { max } usedBytes } }
  dataGaps { from until } observationGaps { from until } } }`

function ago(seconds: number): string {
  return new Date(Date.now() - seconds * 1_000).toISOString()
}

test('what an agent gathered lands where it belongs, each sample once, and peaks survive', async () => {
  const { data, id, token } = await scene()
  const disks = [{ mount: '/', usedPercent: 12.3, usedBytes: 10, totalBytes: 80 }]
  const input = [600, 540, 480, 0].map((ageSeconds, i) => ({
    ageSeconds,
    cpuPercent: [10.1, 99.9, 20.2, 30.3][i],
    uptimeSeconds: 100_000.25 - ageSeconds,
    disks,
  }))
  const first = await data(RECORD, { id, input: input.slice(0, 2) }, token)
  expect(first.recordMetricSamples).toMatchObject({ recorded: 2, doubled: 0, tooOld: 0 })
  const late = [...input, { ageSeconds: 86_401, cpuPercent: 1 }]
  const second = await data(RECORD, { id, input: late }, token)
  expect(second.recordMetricSamples).toMatchObject({ recorded: 2, doubled: 2, tooOld: 1, tooMany: 0 })

  const asked = { id, from: ago(1_200), maxPoints: 1_200 }
  const { metrics } = await data(SERIES, asked)
  expect(metrics.points.map((point: { cpuPercent: number }) => point.cpuPercent)).toEqual([10.1, 99.9, 20.2, 30.3])

  const one = await data(SERIES, { ...asked, maxPoints: 1 })
  expect(one.metrics).toMatchObject({
    resolution: 'FIVE_MINUTES',
    buckets: {
      samples: [4],
      cpuPercent: { min: [10.1], mean: [40.125], max: [99.9] },
      load1: { max: [null] },
      disks: [{ mount: '/', usedPercent: { max: [12.3] }, usedBytes: [10] }],
    },
  })
})

test('a list of samples by REST, in the words of the shim', async () => {
  const { post, id } = await scene()
  const samples = [{ age_seconds: 60, cpu_percent: 5 }, { cpu_percent: 6 }, { age_seconds: 90_000 }]
  const response = await post(`/api/metrics/${id}/`, samples)
  expect(await response.json()).toMatchObject({ status: 'ok', recorded: 2, doubled: 0, too_old: 1 })
})

test('more samples of a minute than are kept of one are counted, and a single one is refused', async () => {
  const { ask, data, post, id, token } = await scene()
  // In the middle of a minute that is over, whenever that is.
  const middle = (Date.now() % 60_000) / 1_000 + 90
  const input = Array.from({ length: 130 }, (_, i) => ({ ageSeconds: middle + i / 10 }))
  const counted = { recorded: 120, doubled: 0, tooOld: 0, tooMany: 10 }
  expect((await data(RECORD, { id, input }, token)).recordMetricSamples).toMatchObject(counted)
  const response = await post(`/api/metrics/${id}/`, { age_seconds: middle })
  expect(await response.json()).toMatchObject({ status: 'ok', recorded: 0, too_many: 1 })

  const one =
    'mutation ($id: ID!, $input: MetricSampleInput!) { recordMetrics(serverId: $id, input: $input) { recordedAt } }'
  expect(codesOf(await ask(one, { id, input: { ageSeconds: middle } }, token))).toEqual(['RATE_LIMITED'])
})

test('a late sample neither opens an alert about the past nor ends a live one', async () => {
  const { data, id, token } = await scene()
  const open = async () => (await data('{ alerts(filter: { active: true }) { nodes { key } } }')).alerts.nodes
  const cpu = (...samples: [number, number][]) =>
    data(RECORD, { id, input: samples.map(([ageSeconds, cpuPercent]) => ({ ageSeconds, cpuPercent })) }, token)
  await cpu([900, 99], [840, 99], [780, 99])
  expect(await open()).toEqual([])
  await cpu([1, 98], [0, 99])
  expect(await open()).toHaveLength(1)
  await cpu([600, 1], [540, 2])
  expect(await open()).toHaveLength(1)
})

test('strips and the history of the fleet show what the status was, and how long it lasted', async () => {
  const { data, post, id } = await scene()
  await post(`/api/heartbeat/${id}/`, {})
  await data(`mutation { raiseAlert(input: { serverId: "${id}", key: "k", severity: WARNING, message: "m" }) { id } }`)
  const answer = await data(
    `query ($id: ID!, $from: DateTime!) {
      server(id: $id) { statusStrip(from: $from, buckets: 60) }
      fleetHistory(from: $from, buckets: 24) { at online warning offline neverSeen unobserved unobservedSeconds }
      statusEvents(filter: { serverIds: [$id] }, first: 10) { nodes { to until } } }`,
    { id, from: ago(3_600) },
  )
  expect(answer.server.statusStrip).toHaveLength(60)
  expect([answer.server.statusStrip[0], answer.server.statusStrip[59]]).toEqual(['NONE', 'WARNING'])
  expect(answer.fleetHistory.at(-1)).toMatchObject({ warning: 1 })
  expect(
    answer.statusEvents.nodes.map((event: { to: string; until: string | null }) => [event.to, event.until === null]),
  ).toEqual([
    ['ONLINE', false],
    ['WARNING', true],
  ])
})
