import { Field, Float, ID, InputType } from 'type-graphql'
import type { AlertSeverity, Instant } from '../core/types.ts'
import { DateTime } from './date-time.ts'
import { AlertSeverityEnum } from './enums.ts'

@InputType('AlertFilter')
export class AlertFilterInput {
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

  @Field(() => [AlertSeverityEnum], { nullable: true })
  readonly severities?: readonly AlertSeverity[] | null
}

@InputType('RaiseAlertInput')
export class RaiseAlertInput {
  @Field(() => ID)
  readonly serverId!: string

  @Field(() => String, {
    description: 'Raising the same key again brings the open alert up to date. Up to 200 characters.',
  })
  readonly key!: string

  @Field(() => AlertSeverityEnum)
  readonly severity!: AlertSeverity

  @Field(() => String, { description: 'Up to 2,000 characters.' })
  readonly message!: string

  @Field(() => Float, { nullable: true })
  readonly value?: number | null

  @Field(() => Float, { nullable: true })
  readonly threshold?: number | null
}
