import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import type {
  Instant,
  Server,
  ServerStatus,
  StatusAcknowledgement,
  StatusReason,
  StatusRule,
  ToldServerChange,
} from '../core/types.ts'
import { DateTime } from './date-time.ts'
import { ServerChangeKindEnum, ServerStatusEnum, StatusReasonEnum, StatusRuleEnum } from './enums.ts'

@ObjectType('StatusAcknowledgement', {
  description: 'Somebody knows of the status. It changes none, and is gone with the next change of one.',
  simpleResolvers: true,
})
export class StatusAcknowledgementType {
  @Field(() => String, { description: 'The name of the token, or of the one that the page was signed in with.' })
  readonly by!: string

  @Field(() => DateTime)
  readonly at!: Instant

  @Field(() => String, { nullable: true })
  readonly note!: string | null
}

/** What the API shows of a stored server: only what is named here. `ServerResolver` adds what has to be looked up. */
@ObjectType('Server', { description: 'A monitored machine.', simpleResolvers: true })
export class ServerType {
  @Field(() => ID)
  readonly id!: number

  @Field(() => String)
  readonly name!: string

  @Field(() => String)
  readonly description!: string

  @Field(() => [String])
  readonly tags!: readonly string[]

  @Field(() => ServerStatusEnum)
  readonly status!: ServerStatus

  @Field(() => StatusReasonEnum)
  readonly statusReason!: StatusReason

  @Field(() => DateTime, { description: 'Since when the status holds. A change of the reason alone does not move it.' })
  readonly statusSince!: Instant

  @Field(() => Int, { description: 'Observed silence of more than this makes the server OFFLINE. 2 to 86,400.' })
  readonly offlineAfterSeconds!: number

  @Field(() => Boolean, { description: 'A suspended server is shown as OFFLINE / SUSPENDED and notifies nobody.' })
  readonly suspended!: boolean

  @Field(() => StatusAcknowledgementType, {
    nullable: true,
    description: 'Who knows of the status that it has now. Null where nobody said so.',
  })
  readonly statusAcknowledgement!: StatusAcknowledgement | null

  @Field(() => DateTime)
  readonly createdAt!: Instant

  @Field(() => DateTime)
  readonly updatedAt!: Instant
}

/** `HeartbeatQualityResolver` adds the farewell and the rhythm. */
@ObjectType('Heartbeat', { description: "The last sign of life of a server's agent.", simpleResolvers: true })
export class HeartbeatType {
  @Field(() => DateTime, { nullable: true, description: 'Null until the first heartbeat.' })
  readonly lastHeartbeatAt!: Instant | null

  @Field(() => String, { nullable: true })
  readonly agentVersion!: string | null

  @Field(() => String, { nullable: true, description: "Of the machine's boot; null where the agent does not say." })
  readonly bootId!: string | null

  @Field(() => DateTime, { nullable: true, description: "By the machine's own clock." })
  readonly agentStartedAt!: Instant | null
}

@ObjectType('StatusExplanation', {
  description:
    'The status rule, run at the moment of asking: which line decides, on which facts, and what happens next.',
  simpleResolvers: true,
})
export class StatusExplanationType {
  @Field(() => StatusRuleEnum)
  readonly rule!: StatusRule

  @Field(() => DateTime)
  readonly evaluatedAt!: Instant

  @Field(() => DateTime, { nullable: true })
  readonly lastHeartbeatAt!: Instant | null

  @Field(() => Float, {
    nullable: true,
    description: 'Observed silence: time since the last heartbeat, less the observation gaps in between.',
  })
  readonly ageSeconds!: number | null

  @Field(() => Float, { description: 'Observed silence of more than this makes the server OFFLINE.' })
  readonly limitSeconds!: number

  @Field(() => Int)
  readonly activeAlerts!: number

  @Field(() => Int)
  readonly activeAnomalies!: number

  @Field(() => DateTime, {
    nullable: true,
    description: 'The last instant at which the server still counts as alive if nothing more is heard.',
  })
  readonly nextTransitionAt!: Instant | null

  @Field(() => ServerStatusEnum, { nullable: true, description: 'What the status becomes then.' })
  readonly wouldBecome!: ServerStatus | null

  @Field(() => StatusReasonEnum, { nullable: true })
  readonly wouldBecomeReason!: StatusReason | null
}

@ObjectType('ServerChange', { simpleResolvers: true })
export class ServerChangeType {
  @Field(() => ServerChangeKindEnum)
  readonly kind!: ToldServerChange

  @Field(() => ServerType, { description: 'As it is after the change; a deleted one as it was last.' })
  readonly server!: Server
}

@ObjectType('CreatedServer', { simpleResolvers: true })
export class CreatedServerType {
  @Field(() => ServerType)
  readonly server!: Server

  @Field(() => String, {
    description: 'Shown this once: only its hash is kept. It can report for this server and nothing else.',
  })
  readonly agentToken!: string
}
