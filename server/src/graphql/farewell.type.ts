import { Field, ObjectType } from 'type-graphql'
import type { FarewellReason, Instant } from '../core/types.ts'
import { DateTime } from './date-time.ts'
import { FarewellReasonEnum } from './enums.ts'

@ObjectType('Farewell', {
  description: "An agent's last word. It explains a silence and changes no status.",
  simpleResolvers: true,
})
export class FarewellType {
  @Field(() => FarewellReasonEnum)
  readonly reason!: FarewellReason

  @Field(() => DateTime)
  readonly at!: Instant

  @Field(() => DateTime, { nullable: true, description: 'When the agent expects to be back, if it said so.' })
  readonly expectedBackAt!: Instant | null
}
