import { defineEntity, p } from '@mikro-orm/core'
import type { DiskUsage } from '../../core/metrics.ts'
import { InstantType } from '../instant.ts'

/** Partitioned by day. */
export const MetricSampleEntity = defineEntity({
  name: 'MetricSample',
  tableName: 'metric_sample',
  properties: {
    serverId: p.integer().primary().name('server_id'),
    at: p.type(InstantType).primary().name('at'),
    cpuPercent: p.float().name('cpu_percent').strictNullable(),
    memoryPercent: p.float().name('memory_percent').strictNullable(),
    swapPercent: p.float().name('swap_percent').strictNullable(),
    load1: p.float().name('load1').strictNullable(),
    load5: p.float().name('load5').strictNullable(),
    load15: p.float().name('load15').strictNullable(),
    disks: p.json<readonly DiskUsage[]>().name('disks'),
    networkRxBytesPerSecond: p.float().name('network_rx_bytes_per_second').strictNullable(),
    networkTxBytesPerSecond: p.float().name('network_tx_bytes_per_second').strictNullable(),
    diskReadBytesPerSecond: p.float().name('disk_read_bytes_per_second').strictNullable(),
    diskWriteBytesPerSecond: p.float().name('disk_write_bytes_per_second').strictNullable(),
    uptimeSeconds: p.float().columnType('double precision').name('uptime_seconds').strictNullable(),
    processes: p.integer().name('processes').strictNullable(),
  },
})
