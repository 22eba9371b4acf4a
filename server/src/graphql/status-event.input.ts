import { Field, ID, InputType } from 'type-graphql'
import type { Instant, ServerStatus, StatusReason } from '../core/types.ts'
import { DateTime } from './date-time.ts'
import { ServerStatusEnum, StatusReasonEnum } from './enums.ts'

@InputType('StatusEventFilter', {
  description: 'All of the conditions that are given. An empty list lets nothing through.',
})
export class StatusEventFilterInput {
  @Field(() => [ID], { nullable: true })
  readonly serverIds?: readonly string[] | null

  @Field(() => [String], { nullable: true, description: 'Events of servers that have all of these tags now.' })
  readonly tags?: readonly string[] | null

  @Field(() => [ServerStatusEnum], { nullable: true })
  readonly to?: readonly ServerStatus[] | null

  @Field(() => [StatusReasonEnum], { nullable: true })
  readonly reasons?: readonly StatusReason[] | null

  @Field(() => DateTime, { nullable: true, description: 'Events of this instant or later, by `at`.' })
  readonly since?: Instant | null

  @Field(() => DateTime, { nullable: true, description: 'Events of before this instant.' })
  readonly until?: Instant | null
}
