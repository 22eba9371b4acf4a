import { Field, ID, ObjectType } from 'type-graphql'
import type {
  Farewell,
  GapCause,
  Instant,
  ObservationGap,
  Server,
  ServerStatus,
  StatusEvent,
  StatusReason,
} from '../core/types.ts'
import { connectionType } from './connection.type.ts'
import { DateTime } from './date-time.ts'
import { GapCauseEnum, ServerStatusEnum, StatusReasonEnum } from './enums.ts'
import { FarewellType } from './farewell.type.ts'
import { ServerType } from './server.type.ts'

@ObjectType('ObservationGap', {
  description: 'A stretch of time in which no heartbeat could have been heard, through no fault of the servers.',
  simpleResolvers: true,
})
export class ObservationGapType {
  @Field(() => ID)
  readonly id!: number

  @Field(() => DateTime)
  readonly from!: Instant

  @Field(() => DateTime)
  readonly until!: Instant

  @Field(() => GapCauseEnum)
  readonly cause!: GapCause
}

/** `StatusEventResolver` adds the cursor. */
@ObjectType('StatusEvent', {
  description: 'One change of status, kept for good order and for replay.',
  simpleResolvers: true,
})
export class StatusEventType {
  @Field(() => ServerType, { description: 'As it is now; a deleted one as it was last.' })
  readonly server!: Server

  @Field(() => ServerStatusEnum, { nullable: true })
  readonly from!: ServerStatus | null

  @Field(() => StatusReasonEnum, {
    nullable: true,
    description: 'Why it was what it was before: NEVER_SEEN where this is its first heartbeat.',
  })
  readonly fromReason!: StatusReason | null

  @Field(() => ServerStatusEnum)
  readonly to!: ServerStatus

  @Field(() => StatusReasonEnum)
  readonly reason!: StatusReason

  @Field(() => DateTime, { description: 'When it became true: the deadline, not when anybody looked.' })
  readonly at!: Instant

  @Field(() => DateTime)
  readonly detectedAt!: Instant

  @Field(() => DateTime, { nullable: true })
  readonly lastHeartbeatAt!: Instant | null

  @Field(() => ObservationGapType, {
    nullable: true,
    description: 'Set where the server fell silent while nobody could hear it: the exact moment is unknown.',
  })
  readonly gap!: ObservationGap | null

  @Field(() => FarewellType, {
    nullable: true,
    description: 'Set where the server fell silent after its agent had said goodbye: why, and when it will be back.',
  })
  readonly farewell!: Farewell | null
}

export const StatusEventConnectionType = connectionType<StatusEvent>('StatusEvent', StatusEventType)
