import { Extensions, Field, Float, Int, ObjectType } from 'type-graphql'
import { type DiskUsage, MAX_SAMPLES_A_MINUTE, type ProcessUsage } from '../core/metrics.ts'
import type { Instant } from '../core/types.ts'
import { DateTime } from './date-time.ts'

@ObjectType('DiskUsage', { description: 'How full one file system is.', simpleResolvers: true })
export class DiskUsageType {
  @Field(() => String)
  readonly mount!: string

  @Field(() => Float)
  readonly usedPercent!: number

  @Field(() => Float)
  readonly usedBytes!: number

  @Field(() => Float)
  readonly totalBytes!: number
}

/** What a machine measured of itself. What it cannot measure is null. */
@ObjectType('MetricSample', {
  description: 'What a machine measured of itself; in a series, the mean of a stretch that begins at `at`.',
  simpleResolvers: true,
})
export class MetricSampleType {
  @Field(() => DateTime)
  readonly at!: Instant

  @Field(() => Float, { nullable: true })
  readonly cpuPercent!: number | null

  @Field(() => Float, { nullable: true })
  readonly memoryPercent!: number | null

  @Field(() => Float, { nullable: true })
  readonly swapPercent!: number | null

  @Field(() => Float, { nullable: true })
  readonly load1!: number | null

  @Field(() => Float, { nullable: true })
  readonly load5!: number | null

  @Field(() => Float, { nullable: true })
  readonly load15!: number | null

  @Field(() => [DiskUsageType])
  readonly disks!: readonly DiskUsage[]

  @Field(() => Float, { nullable: true })
  readonly networkRxBytesPerSecond!: number | null

  @Field(() => Float, { nullable: true })
  readonly networkTxBytesPerSecond!: number | null

  @Field(() => Float, { nullable: true })
  readonly diskReadBytesPerSecond!: number | null

  @Field(() => Float, { nullable: true })
  readonly diskWriteBytesPerSecond!: number | null

  @Field(() => Float, { nullable: true })
  readonly uptimeSeconds!: number | null

  @Field(() => Int, { nullable: true })
  readonly processes!: number | null
}

@ObjectType('ProcessUsage', { simpleResolvers: true })
export class ProcessUsageType {
  @Field(() => Int)
  readonly pid!: number

  @Field(() => String)
  readonly name!: string

  @Field(() => Float, { description: 'Of all processors together, since the sample before.' })
  readonly cpuPercent!: number

  @Field(() => Float)
  readonly memoryBytes!: number
}

@ObjectType('TopProcesses', {
  description: 'The processes of a machine that computed most or held most memory when they were last looked at.',
  simpleResolvers: true,
})
export class TopProcessesType {
  @Field(() => DateTime)
  readonly at!: Instant

  @Extensions({ listSize: 20 })
  @Field(() => [ProcessUsageType])
  readonly processes!: readonly ProcessUsage[]
}

@ObjectType('MetricReceipt', { description: 'The sample is stored.', simpleResolvers: true })
export class MetricReceiptType {
  @Field(() => DateTime, { description: "When it counts as measured, by the database's clock." })
  readonly recordedAt!: Instant
}

@ObjectType('MetricSamplesReceipt', {
  description: 'What became of a delivery. Whatever it says, the delivery is done and need not be sent again.',
  simpleResolvers: true,
})
export class MetricSamplesReceiptType {
  @Field(() => DateTime, {
    nullable: true,
    description: "When the newest of them counts as measured, by the database's clock; null where all were too old.",
  })
  readonly at!: Instant | null

  @Field(() => Int)
  readonly recorded!: number

  @Field(() => Int, { description: 'They were there already: an earlier delivery was answered in vain.' })
  readonly doubled!: number

  @Field(() => Int, { description: 'Older than a day, and not kept.' })
  readonly tooOld!: number

  @Field(() => Int, { description: `More than the ${MAX_SAMPLES_A_MINUTE} that are kept of a minute.` })
  readonly tooMany!: number
}

@ObjectType('AlertLimits', {
  description: 'Per cent. Above it for two samples in a row, an alert opens.',
  simpleResolvers: true,
})
export class AlertLimitsType {
  @Field(() => Float)
  readonly cpuPercent!: number

  @Field(() => Float)
  readonly memoryPercent!: number

  @Field(() => Float, { description: 'Of each file system.' })
  readonly diskPercent!: number
}
