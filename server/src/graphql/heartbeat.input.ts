import { Field, ID, InputType, Int } from 'type-graphql'
import type { Instant } from '../core/types.ts'
import { DateTime } from './date-time.ts'

export const RETRIES = 'How many attempts had failed before this one.'
export const SENT_AT = "By the machine's own clock, so that a wrong one is found. It dates nothing."

@InputType('HeartbeatInput')
export class HeartbeatInput {
  @Field(() => ID)
  readonly serverId!: string

  @Field(() => String, { nullable: true })
  readonly agentVersion?: string | null

  @Field(() => String, { nullable: true })
  readonly bootId?: string | null

  @Field(() => DateTime, { nullable: true })
  readonly agentStartedAt?: Instant | null

  @Field(() => Int, { nullable: true, description: RETRIES })
  readonly retries?: number | null

  @Field(() => DateTime, { nullable: true, description: SENT_AT })
  readonly sentAt?: Instant | null
}
