import { Field, ID, InputType } from 'type-graphql'
import type { Instant } from '../core/types.ts'
import { DateTime } from './date-time.ts'

/** What filters of alerts and of anomalies have in common. Not a type of the API's own. */
@InputType()
export abstract class OpenedFilterInput {
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
