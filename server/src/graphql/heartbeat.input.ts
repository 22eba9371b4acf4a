import { Field, ID, InputType } from 'type-graphql'
import type { Instant } from '../core/types.ts'
import { DateTime } from './date-time.ts'

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
}
