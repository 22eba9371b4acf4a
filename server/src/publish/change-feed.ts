import type { Alert, Anomaly, Instant, ServerId, StatusEvent } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { type AlertFilter, findAlerts } from '../store/alerts.ts'
import { type AnomalyFilter, findAnomalies } from '../store/anomalies.ts'
import { readLastHeartbeats } from '../store/last-heartbeats.ts'
import type { StoredSample } from '../store/metric-samples.ts'
import { latestSamples } from '../store/newest-samples.ts'
import type { ServerFilter } from '../store/server-filter.ts'
import type { Store } from '../store/store.ts'
import type { Queue } from './broadcast.ts'
import { OpenedFeed } from './opened-feed.ts'
import { PolledWatch } from './polled-watch.ts'
import { ServerFeed } from './server-feed.ts'
import type { ServerChange } from './server-view.ts'
import type { Stream } from './stream.ts'

export interface HeartbeatSeen {
  readonly serverId: ServerId
  readonly receivedAt: Instant
}

/** Tells of changes to servers, alerts and anomalies, on whichever hub they were made. Without cursors: a client that was away reads again. */
export class ChangeFeed {
  readonly #servers: ServerFeed
  readonly #alerts: OpenedFeed<Alert>
  readonly #anomalies: OpenedFeed<Anomaly>
  readonly #heartbeats: PolledWatch<HeartbeatSeen>
  readonly #samples: PolledWatch<StoredSample>
  /** Subscriptions that ended because their reader was too slow. */
  dropped = 0

  constructor(
    readonly store: Store,
    readonly onError: (error: unknown) => void,
  ) {
    this.#heartbeats = new PolledWatch(
      (ids) => lastHeartbeats(store, ids),
      (seen) => seen.receivedAt,
      onError,
    )
    this.#samples = new PolledWatch(
      (ids) => latestSamples(store, ids),
      (sample) => sample.at,
      onError,
    )
    const options = { store, tooSlow: () => this.#tooSlow(), onError }
    this.#servers = new ServerFeed(options)
    this.#alerts = new OpenedFeed({ ...options, find: (ids) => findAlerts(store, ids) })
    this.#anomalies = new OpenedFeed({ ...options, find: (ids) => findAnomalies(store, ids) })
  }

  servers(filter: ServerFilter): Queue<ServerChange> {
    return this.#servers.subscribe(filter)
  }

  alerts(filter: AlertFilter): Stream<Alert> {
    const { severities } = filter
    return this.#alerts.subscribe(filter, ({ severity }) => !severities || severities.includes(severity))
  }

  anomalies(filter: AnomalyFilter): Stream<Anomaly> {
    return this.#anomalies.subscribe(filter)
  }

  /** Heartbeats of one server, at most one a second, whichever hub took them. */
  heartbeats(serverId: ServerId): Queue<HeartbeatSeen> {
    return this.#heartbeats.watch(serverId)
  }

  /** Metric samples of one server, at most one a second, whichever hub took them. */
  samples(serverId: ServerId): Queue<StoredSample> {
    return this.#samples.watch(serverId)
  }

  /** A server was changed. Payload: `KIND id`. */
  heardServer(payload: string): void {
    this.#servers.heard(payload)
  }

  /** Statuses were changed. */
  heardStatus(events: readonly StatusEvent[]): void {
    this.#servers.heardStatus(events)
  }

  /** An alert was raised or changed. Payload: its id. */
  heardAlert(payload: string): void {
    this.#alerts.heard(payload)
  }

  /** An anomaly was raised or changed. Payload: its id. */
  heardAnomaly(payload: string): void {
    this.#anomalies.heard(payload)
  }

  /** Ends every subscription: the hub stops. */
  end(): void {
    this.#servers.end()
    this.#alerts.end()
    this.#anomalies.end()
    this.#heartbeats.end()
    this.#samples.end()
  }

  #tooSlow(): Refusal {
    this.dropped += 1
    return new Refusal('SLOW_CONSUMER', 'Too many changes waited to be read. Read the list again and subscribe anew.')
  }
}

async function lastHeartbeats(store: Store, ids: readonly ServerId[]): Promise<Map<ServerId, HeartbeatSeen | null>> {
  const times = await readLastHeartbeats(store, ids)
  return new Map([...times].map(([serverId, at]) => [serverId, at === null ? null : { serverId, receivedAt: at }]))
}
