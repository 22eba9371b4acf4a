import { Field, Float, ID, InputType } from 'type-graphql'
import { OpenedFilterInput } from './opened.input.ts'

@InputType('AnomalyFilter')
export class AnomalyFilterInput extends OpenedFilterInput {}

@InputType('RaiseAnomalyInput')
export class RaiseAnomalyInput {
  @Field(() => ID)
  readonly serverId!: string

  @Field(() => String, {
    description: 'Raising the same metric again brings the open anomaly up to date. Up to 200 characters.',
  })
  readonly metric!: string

  @Field(() => String, { description: 'Up to 2,000 characters.' })
  readonly message!: string

  @Field(() => Float)
  readonly score!: number

  @Field(() => Float, { nullable: true })
  readonly value?: number | null

  @Field(() => Float, { nullable: true })
  readonly expected?: number | null
}
