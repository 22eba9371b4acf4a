/** The story of the reference pictures: 248 servers at 10:06:42, db-ams-03 is silent. */

export interface FakeServer {
  id: string
  name: string
  description: string
  tags: string[]
  status: 'ONLINE' | 'WARNING' | 'OFFLINE'
  statusReason: string
  statusSince: Date
  offlineAfterSeconds: number
  suspended: boolean
  createdAt: Date
  updatedAt: Date
  lastHeartbeatAt: Date | null
  beating: boolean
  alerts: Record<string, unknown>[]
  anomalies: Record<string, unknown>[]
  statusAcknowledgement: { by: string; at: Date; note: string | null } | null
}

export interface FakeEvent {
  id: number
  server: FakeServer
  from: FakeServer['status']
  to: FakeServer['status']
  reason: string
  at: Date
  detectedAt: Date
  lastHeartbeatAt: Date | null
}

const ROLES: Record<string, string[]> = {
  ams: ['api', 'cache', 'db', 'web', 'queue', 'build'],
  fra: ['edge', 'web', 'api', 'cache', 'lab'],
  nyc: ['api', 'web'],
  sin: ['web'],
}
const SIZES: Record<string, number> = { ams: 96, fra: 84, nyc: 48, sin: 20 }

export function emptyServer(id: string, name: string, tags: string[], now: Date): FakeServer {
  return {
    id,
    name,
    tags,
    description: '',
    status: 'OFFLINE',
    statusReason: 'NEVER_SEEN',
    statusSince: now,
    offlineAfterSeconds: 60,
    suspended: false,
    createdAt: now,
    updatedAt: now,
    lastHeartbeatAt: null,
    beating: false,
    alerts: [],
    anomalies: [],
    statusAcknowledgement: null,
  }
}

export function story(now: number): { servers: Map<string, FakeServer>; events: FakeEvent[] } {
  const ago = (seconds: number) => new Date(now - seconds * 1000)
  const servers = new Map<string, FakeServer>()
  let id = 0
  for (const [region, roles] of Object.entries(ROLES)) {
    for (let n = 0; n < (SIZES[region] ?? 0); n++) {
      const role = roles[n % roles.length] ?? 'web'
      const number = String(Math.floor(n / roles.length) + 1).padStart(2, '0')
      id++
      const server = emptyServer(String(id), `${role}-${region}-${number}`, ['prod', role, region], ago(86_400 * 120))
      Object.assign(server, {
        status: 'ONLINE',
        statusReason: 'HEALTHY',
        statusSince: ago(86_400 * 3 + id * 977),
        lastHeartbeatAt: ago((id * 7) % 29),
        beating: true,
      })
      servers.set(server.id, server)
    }
  }
  const named = (name: string) => [...servers.values()].find((server) => server.name === name)
  const set = (name: string, as: string, facts: Partial<FakeServer>) => {
    const server = named(name) ?? [...servers.values()].find((other) => other.name === as)
    if (!server) throw new Error(`no ${name}`)
    Object.assign(server, { name, ...facts })
    return server
  }
  let alertId = 0
  const alert = (
    message: string,
    opened: number,
    value: number,
    threshold: number,
    acknowledged?: [string, number, string],
  ) => ({
    id: String(++alertId),
    key: message.split(' ')[0]?.toLowerCase(),
    severity: 'WARNING',
    message,
    value,
    threshold,
    openedAt: ago(opened),
    openedBy: 'threshold',
    acknowledgedAt: acknowledged ? ago(acknowledged[1]) : null,
    acknowledgedBy: acknowledged?.[0] ?? null,
    acknowledgeNote: acknowledged?.[2] ?? null,
    resolvedAt: null,
    resolvedBy: null,
    resolveNote: null,
    active: true,
  })
  const warn = { status: 'WARNING' as const, statusReason: 'ACTIVE_ALERTS' }

  const db = set('db-ams-03', 'db-ams-03', {
    status: 'OFFLINE',
    statusReason: 'HEARTBEAT_EXPIRED',
    statusSince: ago(269),
    lastHeartbeatAt: ago(329),
    beating: false,
    description: 'Primary, orders',
    alerts: [alert('Disk /var/lib/postgresql 93.1 % used', 4780, 93.1, 90)],
  })
  db.anomalies = [
    {
      id: '1',
      metric: 'memoryPercent',
      message: 'Memory 88 %, expected 61 to 70 %',
      score: 4.2,
      value: 88,
      expected: 66,
      openedAt: ago(2122),
      openedBy: 'detector',
      resolvedAt: null,
      resolvedBy: null,
      resolveNote: null,
      active: true,
    },
  ]
  const edge = set('edge-fra-11', 'edge-fra-11', {
    status: 'OFFLINE',
    statusReason: 'HEARTBEAT_EXPIRED',
    statusSince: ago(482),
    lastHeartbeatAt: ago(542),
    beating: false,
  })
  const queue = set('queue-ams-02', 'queue-ams-02', {
    ...warn,
    statusSince: ago(2316),
    lastHeartbeatAt: ago(11),
    alerts: [alert('Disk /var/lib/rabbitmq 94.2 % used, limit 90 %', 2316, 94.2, 90)],
  })
  const api = set('api-nyc-04', 'api-nyc-04', {
    ...warn,
    statusSince: ago(3870),
    lastHeartbeatAt: ago(4),
    alerts: [alert('CPU 96 % for 20 min, limit 90 %', 3870, 96, 90, ['Jonas R.', 3342, 'backfill, ends 10:30'])],
  })
  set('cache-fra-02', 'cache-fra-02', {
    ...warn,
    statusSince: ago(9300),
    lastHeartbeatAt: ago(22),
    alerts: [
      alert('Memory 88 %, expected 61 to 70 % at this hour', 9300, 88, 70, ['Mara K.', 7482, 'watching the trend']),
    ],
  })
  set('build-ams-09', 'build-ams-09', {
    ...warn,
    statusSince: ago(22_320),
    lastHeartbeatAt: ago(17),
    alerts: [alert('Disk / is 91.0 % used, limit 90 %', 22_320, 91, 90, ['Lin T.', 5202, 'cleanup at noon'])],
  })
  const waiting = { status: 'OFFLINE' as const, statusReason: 'NEVER_SEEN', lastHeartbeatAt: null, beating: false }
  set('web-sin-21', 'web-sin-19', { ...waiting, statusSince: ago(1540), createdAt: ago(1540) })
  set('web-sin-22', 'web-sin-20', { ...waiting, statusSince: ago(1530), createdAt: ago(86_400) })
  const suspended = {
    status: 'OFFLINE' as const,
    statusReason: 'SUSPENDED',
    suspended: true,
    beating: false,
    lastHeartbeatAt: ago(6660),
  }
  const db7 = set('db-ams-07', 'db-ams-07', { ...suspended, statusSince: ago(6662) })
  set('build-ams-02', 'build-ams-02', { ...suspended, statusSince: ago(86_400 * 2) })
  set('lab-fra-01', 'lab-fra-01', { ...suspended, statusSince: ago(86_400 * 9) })
  const web = set('web-nyc-14', 'web-nyc-14', { statusSince: ago(22), lastHeartbeatAt: ago(22) })

  const events: FakeEvent[] = []
  const event = (
    server: FakeServer,
    from: FakeEvent['from'],
    to: FakeEvent['to'],
    reason: string,
    seconds: number,
    heard: number | null,
  ) =>
    events.push({
      id: events.length + 1,
      server,
      from,
      to,
      reason,
      at: ago(seconds),
      detectedAt: ago(seconds - 0.022),
      lastHeartbeatAt: heard === null ? null : ago(heard),
    })
  event(db7, 'ONLINE', 'OFFLINE', 'SUSPENDED', 6662, 6660)
  event(db, 'ONLINE', 'WARNING', 'ACTIVE_ALERTS', 4780, 4790)
  event(api, 'ONLINE', 'WARNING', 'ACTIVE_ALERTS', 3870, 3880)
  event(queue, 'ONLINE', 'WARNING', 'ACTIVE_ALERTS', 2316, 2330)
  event(edge, 'ONLINE', 'OFFLINE', 'HEARTBEAT_EXPIRED', 482, 542)
  event(db, 'WARNING', 'OFFLINE', 'HEARTBEAT_EXPIRED', 269, 329)
  event(web, 'ONLINE', 'OFFLINE', 'HEARTBEAT_EXPIRED', 149, 209)
  event(web, 'OFFLINE', 'ONLINE', 'HEALTHY', 22, 22)
  return { servers, events }
}
