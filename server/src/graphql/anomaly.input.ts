import { Field, Float, ID, InputType } from 'type-graphql'
import type { Instant } from '../core/types.ts'
import { DateTime } from './date-time.ts'

@InputType('AnomalyFilter')
export class AnomalyFilterInput {
  @Field(() => ID, { nullable: true })
  readonly serverId?: string | null

  @Field(() => [String], { nullable: true, description: 'Of servers that have all of these tags now.' })
  readonly tags?: readonly string[] | null

  @Field(() => Boolean, { nullable: true })
  readonly active?: boolean | null

  @Field(() => DateTime, { nullable: true, description: 'Opened at this instant or later.' })
  readonly since?: Instant | null

  @Field(() => DateTime, { nullable: true, description: 'Opened before this instant.' })
  readonly until?: Instant | null
}

@InputType('RaiseAnomalyInput')
export class RaiseAnomalyInput {
  @Field(() => ID)
  readonly serverId!: string

  @Field(() => String, {
    description: 'Raising the same metric again brings the open anomaly up to date. Up to 200 characters.',
  })
  readonly metric!: string

  @Field(() => String, { description: 'Up to 2,000 characters.' })
  readonly message!: string

  @Field(() => Float)
  readonly score!: number

  @Field(() => Float, { nullable: true })
  readonly value?: number | null

  @Field(() => Float, { nullable: true })
  readonly expected?: number | null
}
