import { Field, Float, InputType, Int } from 'type-graphql'

@InputType('DiskUsageInput')
export class DiskUsageInput {
  @Field(() => String)
  readonly mount!: string

  @Field(() => Float)
  readonly usedPercent!: number

  @Field(() => Float)
  readonly usedBytes!: number

  @Field(() => Float)
  readonly totalBytes!: number
}

@InputType('ProcessUsageInput')
export class ProcessUsageInput {
  @Field(() => Int)
  readonly pid!: number

  @Field(() => String, { description: "Its program's, never its command line. Cut to 64 characters." })
  readonly name!: string

  @Field(() => Float, { description: 'Of all processors together.' })
  readonly cpuPercent!: number

  @Field(() => Float)
  readonly memoryBytes!: number
}

@InputType('MetricSampleInput', { description: 'What is left out was not measured.' })
export class MetricSampleInput {
  @Field(() => Float, {
    nullable: true,
    description:
      'How long ago it was measured, by the clock of the machine that measured it; just now where it is left out. More than 86,400 is too old to be kept.',
  })
  readonly ageSeconds?: number | null

  @Field(() => Float, { nullable: true })
  readonly cpuPercent?: number | null

  @Field(() => Float, { nullable: true })
  readonly memoryPercent?: number | null

  @Field(() => Float, { nullable: true })
  readonly swapPercent?: number | null

  @Field(() => Float, { nullable: true })
  readonly load1?: number | null

  @Field(() => Float, { nullable: true })
  readonly load5?: number | null

  @Field(() => Float, { nullable: true })
  readonly load15?: number | null

  @Field(() => [DiskUsageInput], { nullable: true, description: 'Up to 100.' })
  readonly disks?: readonly DiskUsageInput[] | null

  @Field(() => Float, { nullable: true })
  readonly networkRxBytesPerSecond?: number | null

  @Field(() => Float, { nullable: true })
  readonly networkTxBytesPerSecond?: number | null

  @Field(() => Float, { nullable: true })
  readonly diskReadBytesPerSecond?: number | null

  @Field(() => Float, { nullable: true })
  readonly diskWriteBytesPerSecond?: number | null

  @Field(() => Float, { nullable: true })
  readonly uptimeSeconds?: number | null

  @Field(() => Int, { nullable: true })
  readonly processes?: number | null

  @Field(() => [ProcessUsageInput], {
    nullable: true,
    description: 'The processes that took most; up to 20. Only the newest list of a server is kept.',
  })
  readonly topProcesses?: readonly ProcessUsageInput[] | null
}
