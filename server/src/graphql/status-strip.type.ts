import { Field, Float, Int, ObjectType } from 'type-graphql'
import type { Instant } from '../core/types.ts'
import { DateTime } from './date-time.ts'
import { StatusCountsType } from './status-counts.type.ts'

@ObjectType('FleetBucket', {
  description: 'The fleet in one stretch of time. Each server counts once, at its worst.',
  simpleResolvers: true,
})
export class FleetBucketType extends StatusCountsType {
  @Field(() => DateTime, { description: 'Where it begins.' })
  readonly at!: Instant

  @Field(() => Int, { description: 'Servers of which nothing could be said for all of its time.' })
  readonly unobserved!: number

  @Field(() => Float, { description: 'How much of its time lies in observation gaps.' })
  readonly unobservedSeconds!: number
}
