import { defineEntity, p } from '@mikro-orm/core'
import { InstantType } from '../instant.ts'

export const StatusEventEntity = defineEntity({
  name: 'StatusEvent',
  tableName: 'status_event',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    serverId: p.integer().name('server_id'),
    fromStatus: p.text().name('from_status').strictNullable(),
    fromReason: p.text().name('from_reason').strictNullable(),
    toStatus: p.text().name('to_status'),
    reason: p.text().name('reason'),
    at: p.type(InstantType).name('at'),
    detectedAt: p.type(InstantType).name('detected_at').defaultRaw('statement_timestamp()'),
    lastHeartbeatAt: p.type(InstantType).name('last_heartbeat_at').strictNullable(),
    gapId: p.integer().name('gap_id').strictNullable(),
    farewellReason: p.text().name('farewell_reason').strictNullable(),
    farewellAt: p.type(InstantType).name('farewell_at').strictNullable(),
    farewellBackAt: p.type(InstantType).name('farewell_back_at').strictNullable(),
  },
})

/** The feed's identity and how far retention has come; one row. */
export const StatusFeedEntity = defineEntity({
  name: 'StatusFeed',
  tableName: 'status_feed',
  properties: {
    singleton: p.boolean().primary().name('singleton'),
    epoch: p.text().name('epoch'),
    origin: p.text().name('origin'),
    prunedThrough: p.bigint('number').name('pruned_through').default(0),
  },
})
