import { defineEntity, p } from '@mikro-orm/core'
import type { AlertSeverity } from '../../core/types.ts'
import { InstantType } from '../instant.ts'

export const AlertEntity = defineEntity({
  name: 'Alert',
  tableName: 'alert',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    serverId: p.integer().name('server_id'),
    key: p.text().name('key'),
    severity: p.text().$type<AlertSeverity>().name('severity'),
    message: p.text().name('message'),
    value: p.float().columnType('double precision').name('value').strictNullable(),
    threshold: p.float().columnType('double precision').name('threshold').strictNullable(),
    openedAt: p.type(InstantType).name('opened_at').defaultRaw('statement_timestamp()'),
    openedBy: p.text().name('opened_by'),
    acknowledgedAt: p.type(InstantType).name('acknowledged_at').strictNullable(),
    acknowledgedBy: p.text().name('acknowledged_by').strictNullable(),
    acknowledgeNote: p.text().name('acknowledge_note').strictNullable(),
    resolvedAt: p.type(InstantType).name('resolved_at').strictNullable(),
    resolvedBy: p.text().name('resolved_by').strictNullable(),
    resolveNote: p.text().name('resolve_note').strictNullable(),
    changedAt: p.type(InstantType).name('changed_at').defaultRaw('statement_timestamp()'),
  },
})

export const AnomalyEntity = defineEntity({
  name: 'Anomaly',
  tableName: 'anomaly',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    serverId: p.integer().name('server_id'),
    metric: p.text().name('metric'),
    message: p.text().name('message'),
    score: p.float().columnType('double precision').name('score'),
    value: p.float().columnType('double precision').name('value').strictNullable(),
    expected: p.float().columnType('double precision').name('expected').strictNullable(),
    openedAt: p.type(InstantType).name('opened_at').defaultRaw('statement_timestamp()'),
    openedBy: p.text().name('opened_by'),
    resolvedAt: p.type(InstantType).name('resolved_at').strictNullable(),
    resolvedBy: p.text().name('resolved_by').strictNullable(),
    resolveNote: p.text().name('resolve_note').strictNullable(),
    changedAt: p.type(InstantType).name('changed_at').defaultRaw('statement_timestamp()'),
  },
})
