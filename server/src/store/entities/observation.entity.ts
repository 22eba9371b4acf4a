import { defineEntity, p } from '@mikro-orm/core'
import type { GapCause } from '../../core/types.ts'
import { InstantType } from '../instant.ts'

export const ObservationGapEntity = defineEntity({
  name: 'ObservationGap',
  tableName: 'observation_gap',
  properties: {
    id: p.integer().primary().autoincrement(),
    from: p.type(InstantType).name('from_at'),
    until: p.type(InstantType).name('until_at'),
    cause: p.text().$type<GapCause>().name('cause'),
    recordedAt: p.type(InstantType).name('recorded_at').defaultRaw('statement_timestamp()'),
  },
})

/** When any hub last proved that heartbeats could be written; one row. Null before the first. */
export const ObservationStampEntity = defineEntity({
  name: 'ObservationStamp',
  tableName: 'observation_stamp',
  properties: {
    singleton: p.boolean().primary().name('singleton'),
    stampedAt: p.type(InstantType).name('stamped_at').strictNullable(),
  },
})

/** One row a hub: when it last stamped, up to when it has heard, since when heartbeats wait there, and what it said of itself. */
export const HubObservationEntity = defineEntity({
  name: 'HubObservation',
  tableName: 'hub_observation',
  properties: {
    hubId: p.uuid().primary().name('hub_id'),
    startedAt: p.type(InstantType).name('started_at').defaultRaw('statement_timestamp()'),
    stampedAt: p.type(InstantType).name('stamped_at'),
    heardUntil: p.type(InstantType).name('heard_until').strictNullable(),
    backlogSince: p.type(InstantType).name('backlog_since').strictNullable(),
    writerPid: p.integer().name('writer_pid').strictNullable(),
    name: p.text().name('name').default(''),
    version: p.text().name('version').default(''),
    leads: p.boolean().name('leads').default(false),
    heartbeatsPerSecond: p.type('real').$type<number>().name('heartbeats_per_second').default(0),
    feedLagMs: p.type('real').$type<number>().name('feed_lag_ms').strictNullable(),
  },
})
