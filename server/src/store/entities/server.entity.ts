import { defineEntity, p } from '@mikro-orm/core'
import type { AlertLimits } from '../../core/thresholds.ts'
import { InstantType } from '../instant.ts'

export const ServerEntity = defineEntity({
  name: 'Server',
  tableName: 'server',
  properties: {
    id: p.integer().primary().autoincrement(),
    name: p.text().name('name'),
    description: p.text().name('description').default(''),
    tags: p.array().columnType('text[]').name('tags'),
    offlineAfterSeconds: p.integer().name('offline_after_seconds').default(60),
    suspended: p.boolean().name('suspended').default(false),
    status: p.text().name('status').default('OFFLINE'),
    statusReason: p.text().name('status_reason').default('NEVER_SEEN'),
    statusSince: p.type(InstantType).name('status_since').defaultRaw('statement_timestamp()'),
    agentTokenHash: p.blob().name('agent_token_hash').hidden().lazy(),
    machineId: p.text().name('machine_id').strictNullable(),
    alertLimits: p.json<Partial<AlertLimits>>().name('alert_limits').default('{}'),
    acknowledgedAt: p.type(InstantType).name('acknowledged_at').strictNullable(),
    acknowledgedBy: p.text().name('acknowledged_by').strictNullable(),
    acknowledgeNote: p.text().name('acknowledge_note').strictNullable(),
    createdAt: p.type(InstantType).name('created_at').defaultRaw('statement_timestamp()'),
    updatedAt: p.type(InstantType).name('updated_at').defaultRaw('statement_timestamp()'),
    deletedAt: p.type(InstantType).name('deleted_at').strictNullable(),
  },
})

/** The last sign of life; one row a server, made with it. */
export const ServerHeartbeatEntity = defineEntity({
  name: 'ServerHeartbeat',
  tableName: 'server_heartbeat',
  properties: {
    server: () => p.oneToOne(ServerEntity).primary().name('server_id'),
    lastHeartbeatAt: p.type(InstantType).name('last_heartbeat_at').strictNullable(),
    previousHeartbeatAt: p.type(InstantType).name('previous_heartbeat_at').strictNullable(),
    agentVersion: p.text().name('agent_version').strictNullable(),
    bootId: p.text().name('boot_id').strictNullable(),
    agentStartedAt: p.type(InstantType).name('agent_started_at').strictNullable(),
  },
})
