import { Field, ID, ObjectType } from 'type-graphql'
import type { Instant, ServerId } from '../core/types.ts'
import { DateTime } from './date-time.ts'

/** What a receipt resolves to. The name is given where it is known without a look-up. */
export interface HeartbeatReceipt {
  readonly serverId: ServerId
  readonly name?: string
  readonly receivedAt: Instant
}

/** `HeartbeatResolver` adds the server. */
@ObjectType('HeartbeatReceipt', {
  description: 'The heartbeat is stored: a receipt is given after the commit.',
  simpleResolvers: true,
})
export class HeartbeatReceiptType {
  @Field(() => DateTime, { description: "When it arrived, by the database's clock." })
  readonly receivedAt!: Instant
}

@ObjectType('HeartbeatResult', {
  description: 'A receipt or an error code, one an entry and in their order.',
  simpleResolvers: true,
})
export class HeartbeatResultType {
  @Field(() => ID, { description: 'As the entry spelled it.' })
  readonly serverId!: string

  @Field(() => HeartbeatReceiptType, { nullable: true })
  readonly receipt!: HeartbeatReceipt | null

  @Field(() => String, { nullable: true })
  readonly errorCode!: string | null
}
