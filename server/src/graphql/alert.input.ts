import { Field, Float, ID, InputType } from 'type-graphql'
import type { AlertSeverity } from '../core/types.ts'
import { AlertSeverityEnum } from './enums.ts'
import { OpenedFilterInput } from './opened.input.ts'

@InputType('AlertFilter')
export class AlertFilterInput extends OpenedFilterInput {
  @Field(() => [AlertSeverityEnum], { nullable: true })
  readonly severities?: readonly AlertSeverity[] | null
}

@InputType('RaiseAlertInput')
export class RaiseAlertInput {
  @Field(() => ID)
  readonly serverId!: string

  @Field(() => String, {
    description: 'Raising the same key again brings the open alert up to date. Up to 200 characters.',
  })
  readonly key!: string

  @Field(() => AlertSeverityEnum)
  readonly severity!: AlertSeverity

  @Field(() => String, { description: 'Up to 2,000 characters.' })
  readonly message!: string

  @Field(() => Float, { nullable: true })
  readonly value?: number | null

  @Field(() => Float, { nullable: true })
  readonly threshold?: number | null
}
