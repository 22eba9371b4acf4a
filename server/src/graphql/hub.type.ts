import { Field, Float, ID, ObjectType } from 'type-graphql'
import type { Instant } from '../core/types.ts'
import { DateTime } from './date-time.ts'

/** `HubResolver` adds whether it is the one that answers. */
@ObjectType('Hub', {
  description: 'One running instance; several may share a database.',
  simpleResolvers: true,
})
export class HubType {
  @Field(() => ID, { description: 'A new one at each start.' })
  readonly id!: string

  @Field(() => String, { description: 'Its machine and port, or `STACKSENSE_HUB_NAME`.' })
  readonly name!: string

  @Field(() => String)
  readonly version!: string

  @Field(() => DateTime)
  readonly startedAt!: Instant

  @Field(() => DateTime, { description: 'When it last proved that it can record heartbeats: four times a second.' })
  readonly stampedAt!: Instant

  @Field(() => Boolean, {
    description:
      'It proved it within the last 3 seconds. False: it was killed, is frozen, or cannot reach the database.',
  })
  readonly isLive!: boolean

  @Field(() => Boolean, { description: 'It watches the deadlines. One hub does; none for seconds during a take-over.' })
  readonly leads!: boolean

  @Field(() => Float, {
    nullable: true,
    description: 'How long its oldest waiting heartbeat has waited; null while none waits longer than 250 ms.',
  })
  readonly backlogMs!: number | null

  @Field(() => Float, { description: 'Recorded by it, over the last 10 seconds.' })
  readonly heartbeatsPerSecond!: number

  @Field(() => Float, {
    nullable: true,
    description:
      'The longest time from a status change to its hand-over to subscribers here, over the last 10 seconds; null where no status changed.',
  })
  readonly feedLagMs!: number | null
}
