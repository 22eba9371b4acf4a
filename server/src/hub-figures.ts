import type { StatusEvent } from './core/types.ts'
import { counter, type Figure, gauge, Histogram } from './figures/figure.ts'
import type { Stamped } from './store/stamp.ts'

const LAG_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60]
const BATCH_SIZES = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_000]

/** What is asked when somebody wants to know. */
export interface FigureSources {
  readonly writer: { readonly backlogMs: number | null }
  readonly monitor: { readonly leads: boolean; readonly watched: number }
  readonly statusFeed: { readonly size: number; readonly dropped: number }
  readonly changeFeed: { readonly dropped: number }
}

/** What one hub knows of how well it keeps its promises. */
export class HubFigures {
  readonly #batches = new Histogram(
    'stacksense_heartbeat_batch_size',
    'Servers whose heartbeats one statement stored.',
    BATCH_SIZES,
  )
  readonly #committed = new Histogram(
    'stacksense_deadline_to_commit_seconds',
    'From a silent server’s deadline until its OFFLINE was committed, of each such event that this hub read.',
    LAG_SECONDS,
  )
  readonly #told = new Histogram(
    'stacksense_deadline_to_subscriber_seconds',
    'From a silent server’s deadline until its OFFLINE was written to a subscriber’s socket, of the first event of each write.',
    LAG_SECONDS,
  )
  #heartbeats = 0
  #events = 0
  #gaps = 0
  #gapMs = 0

  /** A statement was sent for so many servers, and stored so many. */
  batch(sent: number, stored: number): void {
    this.#batches.observe(sent)
    this.#heartbeats += stored
  }

  gap({ from, until }: NonNullable<Stamped['gap']>): void {
    this.#gaps += 1
    this.#gapMs += until - from
  }

  published(events: readonly StatusEvent[]): void {
    this.#events += events.length
    for (const event of events) if (hasDeadline(event)) this.#committed.observe((event.detectedAt - event.at) / 1_000)
  }

  /** A subscriber was told of a live event, now by the database's clock. */
  told(event: StatusEvent, now: number): void {
    if (hasDeadline(event)) this.#told.observe(Math.max(0, now - event.at) / 1_000)
  }

  /** Everything there is to tell, for `/metrics`. */
  of({ writer, monitor, statusFeed, changeFeed }: FigureSources): Figure[] {
    return [
      counter('stacksense_heartbeats_total', 'Heartbeats that this hub stored.', () => this.#heartbeats),
      this.#batches,
      gauge(
        'stacksense_heartbeat_backlog_seconds',
        'How long the oldest heartbeat that waits here has waited; 0 where none does.',
        () => (writer.backlogMs ?? 0) / 1_000,
      ),
      counter(
        'stacksense_status_events_total',
        'Changes of status that this hub read from the log.',
        () => this.#events,
      ),
      this.#committed,
      this.#told,
      gauge('stacksense_status_subscribers', 'Who follows serverStatusChanged here.', () => statusFeed.size),
      counter(
        'stacksense_slow_consumers_total',
        'Subscriptions that ended with SLOW_CONSUMER.',
        () => statusFeed.dropped + changeFeed.dropped,
      ),
      counter('stacksense_observation_gaps_total', 'Observation gaps that this hub recorded.', () => this.#gaps),
      counter('stacksense_observation_gap_seconds_total', 'Their length.', () => this.#gapMs / 1_000),
      gauge('stacksense_leader', 'Whether this hub leads: 1 or 0.', () => (monitor.leads ? 1 : 0)),
      gauge(
        'stacksense_watched_servers',
        'Servers whose deadlines this hub watches; 0 where it does not lead.',
        () => monitor.watched,
      ),
      counter('process_cpu_seconds_total', 'CPU time, user and system.', cpuSeconds),
      gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss()),
    ]
  }
}

/** Its deadline is what the server's silence was measured against; around a gap nobody can say when it was passed. */
function hasDeadline(event: StatusEvent): boolean {
  return event.reason === 'HEARTBEAT_EXPIRED' && event.gap === null
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000_000
}
