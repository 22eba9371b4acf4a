import { Field, Float, ID, ObjectType } from 'type-graphql'
import type { Alert, AlertSeverity, Instant } from '../core/types.ts'
import { connectionType } from './connection.type.ts'
import { DateTime } from './date-time.ts'
import { AlertSeverityEnum } from './enums.ts'

/** `AlertResolver` adds the server and whether it is active. */
@ObjectType('Alert', {
  description: 'A threshold crossed, or raised by a tool. Active until resolved; acknowledging does not end it.',
  simpleResolvers: true,
})
export class AlertType {
  @Field(() => ID)
  readonly id!: number

  @Field(() => String, { description: 'One open alert a server and key.' })
  readonly key!: string

  @Field(() => AlertSeverityEnum)
  readonly severity!: AlertSeverity

  @Field(() => String)
  readonly message!: string

  @Field(() => Float, { nullable: true })
  readonly value!: number | null

  @Field(() => Float, { nullable: true })
  readonly threshold!: number | null

  @Field(() => DateTime)
  readonly openedAt!: Instant

  @Field(() => String)
  readonly openedBy!: string

  @Field(() => DateTime, { nullable: true })
  readonly acknowledgedAt!: Instant | null

  @Field(() => String, { nullable: true })
  readonly acknowledgedBy!: string | null

  @Field(() => String, { nullable: true })
  readonly acknowledgeNote!: string | null

  @Field(() => DateTime, { nullable: true })
  readonly resolvedAt!: Instant | null

  @Field(() => String, { nullable: true })
  readonly resolvedBy!: string | null

  @Field(() => String, { nullable: true })
  readonly resolveNote!: string | null
}

export const AlertConnectionType = connectionType<Alert>('Alert', AlertType)
