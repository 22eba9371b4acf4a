import { Field, Float, ID, InputType, Int } from 'type-graphql'
import type { ServerStatus, StatusReason } from '../core/types.ts'
import { ServerStatusEnum, StatusReasonEnum } from './enums.ts'

@InputType('ServerFilter', { description: 'All of the conditions that are given. An empty list lets nothing through.' })
export class ServerFilterInput {
  @Field(() => [ID], { nullable: true })
  readonly ids?: readonly string[] | null

  @Field(() => String, { nullable: true, description: 'A part of the name, whatever its case.' })
  readonly search?: string | null

  @Field(() => [ServerStatusEnum], { nullable: true })
  readonly statuses?: readonly ServerStatus[] | null

  @Field(() => [StatusReasonEnum], { nullable: true })
  readonly reasons?: readonly StatusReason[] | null

  @Field(() => [String], { nullable: true, description: 'Servers that have all of these tags.' })
  readonly tags?: readonly string[] | null
}

@InputType('CreateServerInput')
export class CreateServerInput {
  @Field(() => String, { description: '1 to 100 characters, unique.' })
  readonly name!: string

  @Field(() => [String], { nullable: true, description: 'Up to 20, each of up to 50 characters.' })
  readonly tags?: readonly string[] | null

  @Field(() => String, { nullable: true, description: 'Up to 2,000 characters.' })
  readonly description?: string | null

  @Field(() => Int, { nullable: true, description: '2 to 86,400; 60 by default.' })
  readonly offlineAfterSeconds?: number | null
}

@InputType('AlertLimitsInput', {
  description: 'Per cent, 1 to 100. At 100 no alert opens. What is left out, or null, stays as it is.',
})
export class AlertLimitsInput {
  @Field(() => Float, { nullable: true, description: '80 where it was never set.' })
  readonly cpuPercent?: number | null

  @Field(() => Float, { nullable: true, description: '90 where it was never set.' })
  readonly memoryPercent?: number | null

  @Field(() => Float, { nullable: true, description: 'Of each file system; 90 where it was never set.' })
  readonly diskPercent?: number | null
}

@InputType('UpdateServerInput', { description: 'What is left out, or null, stays as it is.' })
export class UpdateServerInput {
  @Field(() => String, { nullable: true })
  readonly name?: string | null

  @Field(() => [String], { nullable: true })
  readonly tags?: readonly string[] | null

  @Field(() => String, { nullable: true })
  readonly description?: string | null

  @Field(() => Int, { nullable: true })
  readonly offlineAfterSeconds?: number | null

  @Field(() => AlertLimitsInput, { nullable: true })
  readonly alertLimits?: AlertLimitsInput | null
}
