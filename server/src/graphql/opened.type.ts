import { Field, Float, ID, ObjectType } from 'type-graphql'
import type { Instant } from '../core/types.ts'
import { DateTime } from './date-time.ts'

/** What alerts and anomalies have in common. Not a type of the API's own. */
@ObjectType({ simpleResolvers: true })
export abstract class OpenedType {
  @Field(() => ID)
  readonly id!: number

  @Field(() => String)
  readonly message!: string

  @Field(() => Float, { nullable: true })
  readonly value!: number | null

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
