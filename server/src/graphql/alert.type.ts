import { Field, Float, ObjectType } from 'type-graphql'
import type { Alert, AlertSeverity, Instant } from '../core/types.ts'
import { connectionType } from './connection.type.ts'
import { DateTime } from './date-time.ts'
import { AlertSeverityEnum } from './enums.ts'
import { OpenedType } from './opened.type.ts'

/** `AlertResolver` adds the server and whether it is active. */
@ObjectType('Alert', {
  description: 'A threshold crossed, or raised by a tool. Active until resolved; acknowledging does not end it.',
  simpleResolvers: true,
})
export class AlertType extends OpenedType {
  @Field(() => String, { description: 'One open alert a server and key.' })
  readonly key!: string

  @Field(() => AlertSeverityEnum)
  readonly severity!: AlertSeverity

  @Field(() => Float, { nullable: true })
  readonly threshold!: number | null

  @Field(() => DateTime, { nullable: true })
  readonly acknowledgedAt!: Instant | null

  @Field(() => String, { nullable: true })
  readonly acknowledgedBy!: string | null

  @Field(() => String, { nullable: true })
  readonly acknowledgeNote!: string | null
}

export const AlertConnectionType = connectionType<Alert>('Alert', AlertType)
