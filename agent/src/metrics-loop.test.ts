import { describe, expect, test } from 'vitest'
import { DISKSTATS, LOADAVG, MEMINFO, MOUNTS, NET_DEV, STAT, UPTIME } from '../test/proc-texts.ts'
import { ACCEPTED, answer, graphqlError, type Hub, REFUSED, VirtualHost } from '../test/virtual-host.ts'
import type { FileSystemSpace, PostRequest } from './host.ts'
import { main } from './main.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

const TAKEN = answer(200, { data: { recordMetrics: {}, recordMetricSamples: {} } })

const isMetrics = (request: PostRequest) => request.body.includes('RecordMetric') || request.path.includes('/metrics/')

/** A machine whose hub takes heartbeats, and does this with metrics. */
function machine(metrics: Hub = () => ({ result: TAKEN, afterMs: 20 }), env: Record<string, string> = {}): VirtualHost {
  const host = new VirtualHost()
  host.dice = () => 0
  const all = { STACKSENSE_SERVER_ID: '12', STACKSENSE_API_URL: 'http://a:4000', ...env }
  for (const [name, value] of Object.entries(all)) host.variables.set(name, value)
  const texts = {
    stat: STAT,
    meminfo: MEMINFO,
    loadavg: LOADAVG,
    uptime: UPTIME,
    'net/dev': NET_DEV,
    diskstats: DISKSTATS,
    mounts: MOUNTS,
  }
  for (const [name, text] of Object.entries(texts)) host.files.set(`/proc/${name}`, text)
  host.directories.set('/proc', ['1', '2', 'stat'])
  host.spaces.set('/', { totalBytes: 1_000, freeBytes: 500, availableBytes: 500 })
  host.hub = (request, now) => (isMetrics(request) ? metrics(request, now) : { result: ACCEPTED, afterMs: 20 })
  return host
}

const metricsAt = (host: VirtualHost) => host.sent.filter(({ request }) => isMetrics(request)).map(({ atMs }) => atMs)
const beatsAt = (host: VirtualHost) => host.sent.filter(({ request }) => !isMetrics(request)).map(({ atMs }) => atMs)
/** The samples of each request. */
const inputsOf = (host: VirtualHost): { readonly ageSeconds?: number }[][] =>
  metricsAt(host).map((_, index) => [variablesOf(host, index).input].flat())
const variablesOf = (host: VirtualHost, index: number) =>
  JSON.parse(host.sent.filter(({ request }) => isMetrics(request))[index]?.request.body ?? '').variables

describe('metrics', () => {
  test('are sent soon after the start, then once a minute, and heartbeats do not notice', async () => {
    const host = machine()
    void main(host)
    await host.runUntil(3 * MINUTE)
    expect(metricsAt(host)).toEqual([5_000, 60_000, 120_000, 180_000])
    expect(beatsAt(host)).toEqual([0, 30_000, 60_000, 90_000, 120_000, 150_000, 180_000])
  })

  test('hold what the design names', async () => {
    const host = machine()
    void main(host)
    await host.runUntil(SECOND)
    host.files.set('/proc/stat', 'cpu  182123 805 67714 1000873 1772 0 1443 175 0 0\n')
    host.files.set('/proc/net/dev', NET_DEV.replace('681526756', '681531756').replace('1517509', '1518009'))
    host.files.set(
      '/proc/diskstats',
      DISKSTATS.replace('32490 1000', '32490 1010').replace('324437 2000', '324437 2020'),
    )
    await host.runUntil(6 * SECOND)
    expect(variablesOf(host, 0)).toEqual({
      serverId: '12',
      input: {
        cpuPercent: 25,
        memoryPercent: 75,
        swapPercent: 25,
        load1: 2.92,
        load5: 2.28,
        load15: 1.05,
        disks: [{ mount: '/', usedPercent: 50, usedBytes: 500, totalBytes: 1_000 }],
        networkRxBytesPerSecond: 1_000,
        networkTxBytesPerSecond: 100,
        diskReadBytesPerSecond: 1_024,
        diskWriteBytesPerSecond: 2_048,
        uptimeSeconds: 2614.04,
        processes: 2,
      },
    })
  })

  test('go by REST where heartbeats do', async () => {
    const host = machine(() => ({ result: answer(200, { status: 'ok' }), afterMs: 20 }), {
      STACKSENSE_PROTOCOL: 'rest',
    })
    const hub = host.hub
    host.hub = (request, now) =>
      isMetrics(request) ? hub(request, now) : { result: answer(200, { status: 'ok' }), afterMs: 20 }
    void main(host)
    await host.runUntil(6 * SECOND)
    const [sent] = host.sent.filter(({ request }) => isMetrics(request))
    expect(sent?.request.path).toBe('/api/metrics/12/')
    expect(JSON.parse(sent?.request.body ?? '')).toMatchObject({ memoryPercent: 75 })
  })

  test('are sent as often as configured, or never', async () => {
    const often = machine(undefined, { STACKSENSE_METRICS_INTERVAL: '10' })
    void main(often)
    await often.runUntil(31 * SECOND)
    expect(metricsAt(often)).toEqual([5_000, 10_000, 20_000, 30_000])

    const never = machine(undefined, { STACKSENSE_METRICS_INTERVAL: '0' })
    void main(never)
    await never.runUntil(10 * MINUTE)
    expect(metricsAt(never)).toEqual([])
    expect(never.lines).toHaveLength(2)
  })

  test('are for Linux; elsewhere one line says so and heartbeats go on', async () => {
    const host = machine()
    host.platform = 'darwin'
    void main(host)
    await host.runUntil(10 * MINUTE)
    expect(metricsAt(host)).toEqual([])
    expect(beatsAt(host)).toHaveLength(21)
    expect(host.lines).toContain('Metrics are measured on Linux only: this agent sends heartbeats alone.')
  })
})

describe('metrics that are not taken', () => {
  test('because the hub does not know them are mentioned once and offered rarely', async () => {
    const host = machine(() => ({ result: graphqlError('GRAPHQL_VALIDATION_FAILED', 'Unknown type'), afterMs: 20 }))
    void main(host)
    await host.runUntil(60 * MINUTE)
    expect(metricsAt(host)).toEqual([5 * SECOND, 16 * MINUTE, 32 * MINUTE, 48 * MINUTE])
    expect(host.lines.filter((line) => line.includes('etrics'))).toEqual([
      'No metrics are delivered; heartbeats are: http://a:4000 is of another version and does not know such a call. Trying again now and then.',
    ])
    expect(beatsAt(host)).toHaveLength(121)
  })

  test('until the hub is upgraded are taken from then on', async () => {
    const unknown = graphqlError('GRAPHQL_VALIDATION_FAILED')
    const host = machine((_, now) => ({ result: now < 20 * MINUTE ? unknown : TAKEN, afterMs: 20 }))
    void main(host)
    await host.runUntil(35 * MINUTE)
    expect(metricsAt(host).slice(2)).toEqual([32, 33, 34, 35].map((minutes) => minutes * MINUTE))
    expect(host.lines.at(-1)).toBe('Metrics are taken again.')
  })

  test('for trouble on the way go along with the next ones, and that is mentioned when it lasts', async () => {
    const host = machine((_, now) => ({ result: now < 4 * MINUTE ? answer(500, '') : TAKEN, afterMs: 20 }))
    void main(host)
    await host.runUntil(5 * MINUTE)
    expect(metricsAt(host)).toEqual([5_000, 60_000, 120_000, 180_000, 240_000, 300_000])
    expect(inputsOf(host).map((input) => input.length)).toEqual([1, 2, 3, 4, 5, 1])
    expect(host.lines.slice(2)).toEqual([
      'No metrics are delivered; heartbeats are: http://a:4000 has trouble of its own (status 500).',
      'Metrics are taken again.',
    ])
  })

  test('by a hub that asks for patience wait as long', async () => {
    const host = machine((_, now) => ({
      result: now < MINUTE ? answer(429, '', { 'retry-after': '150' }) : TAKEN,
      afterMs: 20,
    }))
    void main(host)
    await host.runUntil(5 * MINUTE)
    expect(metricsAt(host)).toEqual([5_000, 180_000, 240_000, 300_000])
  })

  test('by a hub that swallows them do not hold up a heartbeat', async () => {
    const host = machine(() => ({ result: TAKEN, afterMs: 60 * MINUTE }))
    void main(host)
    await host.runUntil(3 * MINUTE)
    expect(beatsAt(host)).toEqual([0, 30_000, 60_000, 90_000, 120_000, 150_000, 180_000])
  })

  test('because the hub is away wait until it is back, and tell their age then', async () => {
    const host = machine()
    const { hub } = host
    host.hub = (request, now) =>
      now > SECOND && now < 10 * MINUTE ? { result: REFUSED, afterMs: 20 } : hub(request, now)
    void main(host)
    await host.runUntil(12 * MINUTE)
    expect(metricsAt(host)).toEqual([5_000, 11 * MINUTE, 12 * MINUTE])
    const minutes = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    expect(inputsOf(host)[1]?.map((sample) => sample.ageSeconds)).toEqual([
      655,
      ...minutes.map((age) => age * 60),
      undefined,
    ])
    expect(inputsOf(host)[2]).toHaveLength(1)
    expect(host.lines.filter((line) => line.includes('etrics'))).toEqual([])
  })

  test('by a hub that does not know several at once are let go, not those that follow', async () => {
    const unknown = graphqlError('GRAPHQL_VALIDATION_FAILED')
    const host = machine((request, now) => {
      const result = now < 2 * MINUTE ? answer(503, '') : request.body.includes('RecordMetricSamples') ? unknown : TAKEN
      return { result, afterMs: 20 }
    })
    void main(host)
    await host.runUntil(4 * MINUTE)
    expect(inputsOf(host).map((input) => input.length)).toEqual([1, 2, 3, 1, 1])
    expect(host.lines).toHaveLength(2)
  })

  test('for hours by many are delivered in portions', async () => {
    const host = machine()
    const { hub } = host
    const back = 100 * MINUTE
    host.hub = (request, now) => (now > SECOND && now < back ? { result: REFUSED, afterMs: 20 } : hub(request, now))
    void main(host)
    await host.runUntil(back + 4 * MINUTE)
    expect(inputsOf(host).map((input) => input.length)).toEqual([1, 61, 42, 1, 1])
  })
})

describe('a file system that hangs', () => {
  /** A machine on which /boot does not answer before this. */
  function hanging(untilMs: number) {
    const host = machine()
    const asked: string[] = []
    const space: FileSystemSpace = { totalBytes: 10, freeBytes: 5, availableBytes: 5 }
    host.fileSystemSpace = async (path) => {
      asked.push(path)
      if (path === '/boot' && host.nowMs < untilMs) await host.sleep(untilMs - host.nowMs)
      return space
    }
    return { host, asked }
  }

  test('costs the figures of disks, not the sample, and is asked once', async () => {
    const { host, asked } = hanging(60 * MINUTE)
    void main(host)
    await host.runUntil(10 * MINUTE)
    expect(asked).toEqual(['/', '/boot'])
    expect(metricsAt(host)[0]).toBe(7_000)
    expect(metricsAt(host)).toHaveLength(11)
    expect(variablesOf(host, 0).input.disks).toHaveLength(1)
    expect(variablesOf(host, 1).input).toMatchObject({ memoryPercent: 75, disks: [] })
  })

  test('is measured again when it has come back', async () => {
    const { host } = hanging(90 * SECOND)
    void main(host)
    await host.runUntil(121 * SECOND)
    expect(variablesOf(host, 2).input.disks).toHaveLength(7)
  })
})
