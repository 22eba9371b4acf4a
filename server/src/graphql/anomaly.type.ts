import { Field, Float, ID, ObjectType } from 'type-graphql'
import type { Anomaly, Instant } from '../core/types.ts'
import { connectionType } from './connection.type.ts'
import { DateTime } from './date-time.ts'

/** `AnomalyResolver` adds the server and whether it is active. */
@ObjectType('Anomaly', {
  description: 'A statistical outlier in a metric. Active until resolved.',
  simpleResolvers: true,
})
export class AnomalyType {
  @Field(() => ID)
  readonly id!: number

  @Field(() => String, { description: 'One open anomaly a server and metric.' })
  readonly metric!: string

  @Field(() => String)
  readonly message!: string

  @Field(() => Float)
  readonly score!: number

  @Field(() => Float, { nullable: true })
  readonly value!: number | null

  @Field(() => Float, { nullable: true })
  readonly expected!: number | null

  @Field(() => DateTime)
  readonly openedAt!: Instant

  @Field(() => String)
  readonly openedBy!: string

  @Field(() => DateTime, { nullable: true })
  readonly resolvedAt!: Instant | null

  @Field(() => String, { nullable: true })
  readonly resolvedBy!: string | null

  @Field(() => String, { nullable: true })
  readonly resolveNote!: string | null
}

export const AnomalyConnectionType = connectionType<Anomaly>('Anomaly', AnomalyType)
