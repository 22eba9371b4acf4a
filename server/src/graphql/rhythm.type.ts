import { Field, Float, Int, ObjectType } from 'type-graphql'
import type { Instant } from '../core/types.ts'
import { DateTime } from './date-time.ts'

@ObjectType('RecentBeat', { description: 'A heartbeat and the gap before it.', simpleResolvers: true })
export class RecentBeatType {
  @Field(() => DateTime)
  readonly at!: Instant

  @Field(() => Float, { nullable: true, description: 'Time since the heartbeat before; null for the very first one.' })
  readonly gapSeconds!: number | null

  @Field(() => Int, { description: 'How many attempts had failed before it arrived, by its agent.' })
  readonly retries!: number

  @Field(() => Boolean, {
    description:
      'The gap, less what nobody could have heard in it, was 75 % of the limit or more, and within the limit.',
  })
  readonly nearMiss!: boolean
}

@ObjectType('HeartbeatRhythm', {
  description:
    'How regularly a server beats. Heartbeats that another hub took may be missing here for up to ten minutes; no status depends on these figures.',
  simpleResolvers: true,
})
export class HeartbeatRhythmType {
  @Field(() => DateTime, {
    nullable: true,
    description: 'What the figures count from: about a day ago, or the first heartbeat. Null before that.',
  })
  readonly since!: Instant | null

  @Field(() => Float, { nullable: true, description: 'The usual gap; null while there are too few.' })
  readonly intervalSeconds!: number | null

  @Field(() => Int, { description: 'Usual gaps that went by without a heartbeat.' })
  readonly missedSlots!: number

  @Field(() => Int, { description: 'Gaps of 75 % of the limit or more, and within the limit.' })
  readonly nearMisses!: number

  @Field(() => Int, { description: 'Attempts that had failed before heartbeats arrived, by the agent.' })
  readonly retries!: number

  @Field(() => Int)
  readonly reboots!: number

  @Field(() => Int, { description: 'Starts of the agent without a reboot.' })
  readonly agentRestarts!: number

  @Field(() => DateTime, {
    nullable: true,
    description: 'When two agents were last heard that report with this one token at the same time.',
  })
  readonly sharedTokenAt!: Instant | null

  @Field(() => Float, {
    nullable: true,
    description:
      "How far the machine's clock is ahead of the hub's; below 0 it is behind. The way of the heartbeat is in it.",
  })
  readonly clockSkewSeconds!: number | null

  @Field(() => [RecentBeatType], { description: 'The last 48 or so, oldest first.' })
  readonly recentBeats!: readonly RecentBeatType[]
}
