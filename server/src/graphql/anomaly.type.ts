import { Field, Float, ObjectType } from 'type-graphql'
import type { Anomaly } from '../core/types.ts'
import { connectionType } from './connection.type.ts'
import { OpenedType } from './opened.type.ts'

/** `AnomalyResolver` adds the server and whether it is active. */
@ObjectType('Anomaly', {
  description: 'A statistical outlier in a metric. Active until resolved.',
  simpleResolvers: true,
})
export class AnomalyType extends OpenedType {
  @Field(() => String, { description: 'One open anomaly a server and metric.' })
  readonly metric!: string

  @Field(() => Float)
  readonly score!: number

  @Field(() => Float, { nullable: true })
  readonly expected!: number | null
}

export const AnomalyConnectionType = connectionType<Anomaly>('Anomaly', AnomalyType)
